package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/feed"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/e2e/watch"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// dial returns a client for the length of the test.
func dial(t *testing.T, s *server.Server, options ...client.Option) *client.Client {
	t.Helper()
	c, err := client.Dial(s.GRPC, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// readLog returns everything that the server holds, in order.
func readLog(t *testing.T, c *client.Client) ([]*loggerv1.LogEntry, *history.Log) {
	t.Helper()
	var entries []*loggerv1.LogEntry
	for e, err := range c.List(t.Context(), &loggerv1.ListEntriesRequest{Order: loggerv1.Order_OLDEST_FIRST, PageSize: 5_000}) {
		switch {
		case err != nil:
			t.Fatalf("reading the log: %v", err)
		case e.GetNotice() != nil:
			t.Fatalf("the log has a gap: %v", e)
		}
		entries = append(entries, e)
	}
	log, err := history.NewLog(entries)
	if err != nil {
		t.Fatal(err)
	}
	return entries, log
}

// writeOn lets a source write until it fails, as it does once the server is gone. The
// returned function waits for that and returns how it failed.
func writeOn(t *testing.T, batch int, s feed.Source) (wait func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() { failed <- feed.Run(ctx, s, batch, time.Millisecond) }()
	wait = sync.OnceValue(func() error {
		defer cancel()
		return <-failed
	})
	t.Cleanup(func() {
		cancel()
		_ = wait() // the test has looked at it, or has failed
	})
	return wait
}

// run lets sources write until the returned function is called, which waits for them.
func run(t *testing.T, batch int, interval time.Duration, sources ...feed.Source) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range sources {
		group.Go(func() error { return feed.Run(ctx, s, batch, interval) })
	}
	stop = sync.OnceFunc(func() {
		cancel()
		if err := group.Wait(); err != nil {
			t.Errorf("writing: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// verify checks what watchers have received, up to a cursor, and tells the counts.
func verify(t *testing.T, log *history.Log, until string, watchers ...*watch.Watcher) {
	t.Helper()
	for _, w := range watchers {
		result := history.Check(log, w.Streams(), history.Options{Until: until})
		if err := result.Err(); err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
		t.Logf("%-12s %6d entries, %2d streams, filters: %2d applied, %2d superseded, %2d refused",
			w.Name, result.Entries, len(w.Streams()), result.Applied, result.Superseded, result.Refused)
	}
}

// withNotices returns a filter that asks for notices, as every filter of a watcher that is
// verified must.
func withNotices(f *loggerv1.LogFilter) *loggerv1.LogFilter {
	f.Notices = true
	return f
}

func query(text string) *loggerv1.LogFilter { return withNotices(&loggerv1.LogFilter{Query: text}) }
