package client_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// guardedServer runs a server that lets in who shows one of the tokens that it returns,
// the first of them for a second or two.
func guardedServer(t *testing.T) (addresses app.Addresses, short, long string) {
	t.Helper()
	path := authtest.WriteFile(t, "access.yaml", []byte("# made by a test\n"))
	add := func(id string, expires time.Time) string {
		text, sum := token.New(id)
		if err := auth.AddToken(path, auth.Listing{ID: id, Name: id, Sum: sum, Read: "*", Write: true, Expires: expires}); err != nil {
			t.Fatal(err)
		}
		return text
	}
	short, long = add("short", time.Now().Add(2*time.Second)), add("long", time.Time{})
	cfg := apptest.Config(t)
	cfg.Auth.File = path
	return apptest.Start(t, cfg).Addresses, short, long
}

// A token expires under a stream while entries come in. The stream goes on with the next
// token, and every entry is there once.
func TestRenewal(t *testing.T) {
	server, short, long := guardedServer(t)
	writer := dial(t, server.GRPC, client.WithToken(long))
	asked := atomic.Int32{}
	reader := dial(t, server.GRPC, quick(), client.WithTokenSource(func(context.Context) (string, error) {
		if asked.Add(1) == 1 {
			return short, nil
		}
		return long, nil
	}))
	stream, err := reader.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close() //nolint:errcheck // returns nil
	all := &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Now().Add(-time.Hour))}}
	mustSend(t, stream, all)

	ctx, stop := context.WithCancel(t.Context())
	written := make(chan error)
	go func() { written <- writeNumbers(ctx, writer) }()
	const behind = 100 // entries after the token was renewed
	seen, renewed := 0, 0
	for ; renewed < behind; seen++ {
		if e := mustRecv(t, stream); e.GetMessage() != strconv.Itoa(seen) {
			t.Fatalf("got entry %q, want %d; the token was asked for %d times", e.GetMessage(), seen, asked.Load())
		}
		if asked.Load() > 1 {
			renewed++
		}
	}
	stop()
	if err := <-written; status.Code(err) != codes.Canceled {
		t.Error(err)
	}
	t.Logf("%d entries", seen)
	if n := asked.Load(); n != 2 {
		t.Errorf("the token was asked for %d times, want 2", n)
	}
}

// writeNumbers writes entries 0, 1, 2, … until ctx ends.
func writeNumbers(ctx context.Context, c *client.Client) error {
	for n := 0; ; n++ {
		if _, err := c.Write(ctx, &loggerv1.LogEntry{Message: strconv.Itoa(n)}); err != nil {
			return err
		}
	}
}

// Without another token, a stream whose token has expired ends and says why.
func TestNoRenewal(t *testing.T) {
	server, short, _ := guardedServer(t)
	for _, err := range dial(t, server.GRPC, quick(), client.WithToken(short)).Tail(t.Context(), nil) {
		if err == nil {
			t.Fatal("got an entry")
		}
		if status.Code(err) != codes.Unauthenticated || status.Convert(err).Message() != "the credential has expired (get a new one and try again)" {
			t.Errorf("Tail = %v", err)
		}
	}
}
