package e2e

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/feed"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/e2e/watch"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// How fast the sources of the live test write: together about 2,000 entries a second,
// which the server with its race detector and all the peers bear on two cores.
const (
	liveBatch    = 20
	liveInterval = 60 * time.Millisecond
)

// TestLive is the main job: logs come in over every way in, are watched by every kind of
// client at the same time, and the filters are replaced while the log grows. Each client
// receives exactly what its filters select, in order, once.
func TestLive(t *testing.T) {
	started := time.Now()
	dir := t.TempDir()
	s := server.Start(t, server.Checked, server.NewSettings(t, server.Settings{
		"ingest.files": []string{filepath.Join(dir, "*.log")}, "ingest.files_from": "beginning",
		// Little memory, so that a slow reader has to be served from the store.
		"stream.queue_size": "64KiB", "hub.ring_entries": 1024, "hub.ring_size": "1MiB",
	}))
	c := dial(t, s)

	f := feed.New()
	api := f.API(c, "api", 1)
	if err := api.Write(t.Context(), 500); err != nil { // something to replay
		t.Fatal(err)
	}
	whole := watch.Go(t, s.GRPC, withNotices(&loggerv1.LogFilter{Begin: since(started)}))
	whole.Name = "Go (all)"
	fixed := []*watch.Watcher{
		whole,
		watch.Curl(t, s.HTTP, beginning(query("severity>=INFO -session"), last(100))),
		watch.EventSource(t, s.HTTP, withNotices(&loggerv1.LogFilter{Services: []string{"c*"}, Begin: since(started)})),
	}
	slow := watch.Go(t, s.GRPC, nth(0))
	slow.Name = "Go (slow)"
	release := slow.Stall(t)
	sampled := watch.Go(t, s.GRPC, withNotices(&loggerv1.LogFilter{MaxEntriesPerSecond: 100}))
	sampled.Name = "Go (sampled)"
	changing := []*watch.Watcher{
		watch.Go(t, s.GRPC, nth(1)),
		watch.WebSocket(t, s.HTTP, nth(2)),
		watch.WebSocket(t, s.HTTP, beginning(nth(3), last(50))),
		watch.GRPCJS(t, s.GRPC, beginning(nth(4), afterCursor(api.Acknowledged))),
	}
	stop := run(t, liveBatch, liveInterval,
		api,
		f.Post(s.HTTP, 2),
		f.Files(dir, 3),
		f.OTel(t, "json", s.OTLPHTTP, s.OTLPGRPC, 4),
		f.OTel(t, "protobuf", s.OTLPHTTP, s.OTLPGRPC, 5),
		f.OTel(t, "grpc", s.OTLPHTTP, s.OTLPGRPC, 6),
	)
	replaceFilters(t, changing, api.Acknowledged)
	stop()
	release()

	written := f.Written()
	whole.Await(t, "given all that was written", func(s watch.State) bool { return s.Entries >= written })
	entries, log := readLog(t, c)
	if err := f.Check(entries); err != nil {
		t.Errorf("what was written is not what the log has:\n%v", err)
	}
	if len(entries) != written {
		t.Errorf("%d entries were written, the log has %d", written, len(entries))
	}
	watchers := slices.Concat(fixed, changing, []*watch.Watcher{slow})
	for _, w := range append(watchers, sampled) {
		w.AwaitCursor(t, log.End())
	}
	for _, w := range []*watch.Watcher{changing[0], changing[3]} { // the gRPC clients
		w.HalfClose(t)
		if end := w.AwaitEnd(t); end.Code != int(codes.OK) {
			t.Errorf("%s: closed its side, and the stream ended with %+v", w.Name, end)
		}
	}
	if s.Metric(t, "logsieve_stream_fell_behind_total") == 0 {
		t.Error("the slow reader did not fall behind: the test does not test that")
	}
	t.Logf("%d entries were written, and the log grew for %v", written, time.Since(started).Round(time.Millisecond))
	verify(t, log, log.End(), watchers...)
	checkSampled(t, log, sampled)
}

// checkSampled checks a watcher that is given only some of what matches, and told of the
// rest.
func checkSampled(t *testing.T, log *history.Log, w *watch.Watcher) {
	t.Helper()
	result := history.Check(log, w.Streams(), history.Options{Until: log.End(), Gaps: true})
	if err := result.Err(); err != nil {
		t.Errorf("%s: %v", w.Name, err)
	}
	if result.Gaps == 0 {
		t.Errorf("%s: was told no gap, with %d entries: the test does not test that", w.Name, result.Entries)
	}
	t.Logf("%-12s %6d entries, %d gaps", w.Name, result.Entries, result.Gaps)
}

// replaceFilters takes the watchers through a script of filters: each is watched for a
// while, then replaced, now and then by several at once, by a wrong one, or by one that
// begins somewhere else.
func replaceFilters(t *testing.T, watchers []*watch.Watcher, early string) {
	t.Helper()
	const steps = 12
	for step := range steps {
		for i, w := range watchers {
			w.Await(t, "watching", watching)
			n := 5 + 4*step + i // another order for each
			switch step % 6 {
			case 1: // faster than they can be applied
				w.Filter(t, nth(n+1))
				w.Filter(t, nth(n+2))
				w.Filter(t, nth(n+3))
			case 2:
				w.Filter(t, query("severity>=")) // wrong, and so without effect
			case 3:
				w.Filter(t, beginning(nth(n), last(30)))
			case 4:
				w.Filter(t, beginning(nth(n), afterCursor(early)))
			}
			w.Filter(t, nth(n))
		}
	}
	for _, w := range watchers {
		w.Await(t, "watching", watching)
	}
}

// watching tells whether the newest filter has been answered and watched for a while.
func watching(s watch.State) bool {
	const entries, progress = 40, 2
	return s.Answered == s.Sent && (s.Entries >= entries || s.Progress >= progress)
}

func since(when time.Time) *loggerv1.LogFilter_Since {
	return &loggerv1.LogFilter_Since{Since: timestamppb.New(when)}
}
