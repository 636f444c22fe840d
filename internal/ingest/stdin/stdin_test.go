package stdin_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/stdin"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

var discard = slog.New(slog.DiscardHandler)

// log records what it is given, tells arrived, or fails as it is told to.
type log struct {
	mu      sync.Mutex
	err     error
	entries []*entry.Entry
	arrived chan struct{}
}

func (l *log) Append(_ context.Context, entries []*entry.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	l.entries = append(l.entries, entries...)
	if l.arrived != nil {
		l.arrived <- struct{}{}
	}
	return nil
}

func (l *log) messages() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var messages []string
	for _, e := range l.entries {
		messages = append(messages, e.Message)
	}
	return messages
}

func newSink(l *log) *ingest.Sink { return ingest.NewSink(l, ingest.Limits{}, time.Now) }

func TestRun(t *testing.T) {
	l := &log{}
	cfg := stdin.Config{
		Origin:       ingest.Origin{Service: "job", Host: "web-1", Attributes: []entry.Attribute{{Key: "m", Value: "x"}}},
		MaxLineBytes: 40,
	}
	input := "plain\n\n  \r\n" + `{"msg":"json","service":"own","a":"1","z":"2"}`[:40] + "\n" +
		`{"msg":"json","service":"own","z":"2"}` + "\nERROR: last without a line feed"
	if err := stdin.Run(t.Context(), iotest.OneByteReader(strings.NewReader(input)), newSink(l), cfg, discard); err != nil {
		t.Fatal(err)
	}
	want := []string{"plain", `{"msg":"json","service":"own","a":"1","z`, "json", "ERROR: last without a line feed"}
	if diff := cmp.Diff(want, l.messages()); diff != "" {
		t.Fatalf("messages (-want +got):\n%s", diff)
	}
	if e := l.entries[0]; e.Service != "job" || e.Host != "web-1" {
		t.Errorf("origin %q, %q", e.Service, e.Host)
	}
	own := l.entries[2]
	if diff := cmp.Diff([]entry.Attribute{{Key: "m", Value: "x"}, {Key: "z", Value: "2"}}, own.Attributes); own.Service != "own" || diff != "" {
		t.Errorf("service %q, attributes:\n%s", own.Service, diff)
	}
	if l.entries[3].Severity != entry.Error {
		t.Errorf("severity %v", l.entries[3].Severity)
	}
}

func TestLongLine(t *testing.T) {
	l := &log{}
	input := strings.Repeat("x", 1000) + "\nnext\n"
	if err := stdin.Run(t.Context(), strings.NewReader(input), newSink(l), stdin.Config{MaxLineBytes: 10}, discard); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"xxxxxxxxxx", "next"}, l.messages()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	want := []entry.Attribute{{Key: ingest.KeyOriginalLength, Value: "1000"}, {Key: ingest.KeyTruncated, Value: "true"}}
	if diff := cmp.Diff(want, l.entries[0].Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestReadFails(t *testing.T) {
	l := &log{}
	from := io.MultiReader(strings.NewReader("one\ntwo"), iotest.ErrReader(io.ErrNoProgress))
	err := stdin.Run(t.Context(), from, newSink(l), stdin.Config{}, discard)
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"one", "two"}, l.messages()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestStoreClosed(t *testing.T) {
	l := &log{err: store.ErrClosed}
	if err := stdin.Run(t.Context(), strings.NewReader("one\n"), newSink(l), stdin.Config{}, discard); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// TestCancel holds that lines arrive while the stream is open, and that a blocked Read of
// a pipe does not hold up the end.
func TestCancel(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	l := &log{arrived: make(chan struct{}, 10)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- stdin.Run(ctx, r, newSink(l), stdin.Config{}, discard) }()
	if _, err := w.WriteString("one\ntw"); err != nil {
		t.Fatal(err)
	}
	<-l.arrived
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"one", "tw"}, l.messages()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestCancelBlocked holds that a Read which cannot be interrupted is left behind.
func TestCancelBlocked(t *testing.T) {
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	l := &log{arrived: make(chan struct{}, 10)}
	go func() { done <- stdin.Run(ctx, r, newSink(l), stdin.Config{}, discard) }()
	if _, err := w.Write([]byte("one\n")); err != nil {
		t.Fatal(err)
	}
	<-l.arrived
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	// Now let the reader go, for the check of goroutines.
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
