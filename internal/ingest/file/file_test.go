package file_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/file"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

var discard = slog.New(slog.DiscardHandler)

// log records what it is given, or fails as it is told to.
type log struct {
	mu      sync.Mutex
	err     error
	entries []*entry.Entry
}

func (l *log) Append(_ context.Context, entries []*entry.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	l.entries = append(l.entries, entries...)
	return nil
}

func (l *log) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
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

// world is a folder that is followed, in a bubble of its own time.
type world struct {
	*testing.T
	log
	dir  string
	stop func() error
}

// follow starts to follow patterns in w.dir.
func (w *world) follow(cfg file.Config) {
	w.Helper()
	for i, p := range cfg.Patterns {
		cfg.Patterns[i] = filepath.Join(w.dir, p)
	}
	f, err := file.New(cfg, ingest.NewSink(&w.log, ingest.Limits{}, time.Now), discard)
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	w.pass(2 * time.Second)
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) append(name, text string) {
	w.Helper()
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		w.Fatal(err)
	}
}

// expect compares what has arrived so far with want.
func (w *world) expect(want ...string) {
	w.Helper()
	if diff := cmp.Diff(want, w.messages()); diff != "" {
		w.Errorf("messages (-want +got):\n%s", diff)
	}
}

func (w *world) do(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func test(t *testing.T, f func(*world)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, dir: dir}
		f(w)
		if w.stop != nil {
			if err := w.stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	})
}

func TestFollowFromEnd(t *testing.T) {
	test(t, func(w *world) {
		w.append("a.log", "before\n")
		w.follow(file.Config{Patterns: []string{"*.log"}})
		w.append("a.log", "one\ntw")
		w.append("b.txt", "not ours\n")
		w.pass(time.Second)
		w.expect("one")
		w.append("a.log", "o\n")
		w.append("new.log", "whole\n")
		w.pass(2 * time.Second)
		w.expect("one", "two", "whole")
	})
}

func TestFollowFromBeginning(t *testing.T) {
	test(t, func(w *world) {
		w.do(os.MkdirAll(filepath.Join(w.dir, "x", "y"), 0o700))
		w.append("x/y/api.log.1", `{"level":"error","msg":"deep"}`+"\n")
		w.append("x/named.log", "service=own msg=m\n")
		w.append("x/old.log.gz", "\x1f\x8b\n")
		w.follow(file.Config{Patterns: []string{"**/*.log*"}, FromBeginning: true, Origin: ingest.Origin{Host: "web-1"}})
		w.expect("m", "deep")
		named, deep := w.entries[0], w.entries[1]
		if named.Service != "own" || deep.Service != "api" || deep.Host != "web-1" || deep.Severity != entry.Error {
			w.Errorf("entries %+v, %+v", named, deep)
		}
		want := []entry.Attribute{{Key: "log.file.path", Value: filepath.Join(w.dir, "x", "y", "api.log.1")}}
		if diff := cmp.Diff(want, deep.Attributes); diff != "" {
			w.Errorf("attributes (-want +got):\n%s", diff)
		}
	})
}

func TestService(t *testing.T) {
	for name, want := range map[string]string{
		"api.log": "api", "api.log.12": "api", "api-2026-11-21.log": "api", "api.log-20261121": "api", "web-1.log": "web-1",
		"a.b.json": "a.b", "syslog": "syslog", ".log": ".log", "20261121.log": "20261121",
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(w *world) {
				w.append(name, "m\n")
				w.follow(file.Config{Patterns: []string{"*", ".*"}, FromBeginning: true})
				w.expect("m")
				if got := w.entries[0].Service; got != want {
					w.Errorf("service %q, want %q", got, want)
				}
			})
		})
	}
}

func TestPartialLine(t *testing.T) {
	test(t, func(w *world) {
		w.follow(file.Config{Patterns: []string{"*.log"}})
		w.append("a.log", "no line feed")
		w.pass(4 * time.Second)
		w.expect()
		w.pass(4 * time.Second)
		w.expect("no line feed")
		w.append("a.log", "\nnext\nlast")
		w.pass(time.Second)
		w.expect("no line feed", "next")
		w.do(w.stop())
		w.expect("no line feed", "next", "last")
	})
}

func TestLongLine(t *testing.T) {
	test(t, func(w *world) {
		w.follow(file.Config{Patterns: []string{"*.log"}, MaxLineBytes: 5})
		w.append("a.log", strings.Repeat("x", 1_000_000)+"\nnext\n")
		w.pass(2 * time.Second)
		w.expect("xxxxx", "next")
		if n, _ := w.entries[0].Attribute(ingest.KeyOriginalLength); n != "1000000" {
			w.Errorf("original length %s", n)
		}
	})
}

func TestTruncation(t *testing.T) {
	test(t, func(w *world) {
		w.append("a.log", "one\ntwo\nthr")
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		w.do(os.Truncate(filepath.Join(w.dir, "a.log"), 0))
		w.append("a.log", "four\n")
		w.pass(2 * time.Second)
		w.expect("one", "two", "thr", "four")
		w.append("a.log", "five\n")
		w.pass(2 * time.Second)
		w.expect("one", "two", "thr", "four", "five")
	})
}

// TestRenamed holds that a file which is rotated away is read to its end, late lines
// included, and that the one in its place is read whole.
func TestRenamed(t *testing.T) {
	for _, pattern := range []string{"a.log", "a.log*"} {
		t.Run(pattern, func(t *testing.T) {
			test(t, func(w *world) {
				w.append("a.log", "one\n")
				w.follow(file.Config{Patterns: []string{pattern}, FromBeginning: true})
				w.append("a.log", "two\n")
				w.do(os.Rename(filepath.Join(w.dir, "a.log"), filepath.Join(w.dir, "a.log.1")))
				w.append("a.log", "new\n")
				w.pass(2 * time.Second)
				w.append("a.log.1", "late\n")
				w.pass(2 * time.Second)
				w.append("a.log", "newer\n")
				w.pass(time.Minute)
				w.expect("one", "two", "new", "late", "newer")
				if path, _ := w.entries[2].Attribute("log.file.path"); path != filepath.Join(w.dir, "a.log") {
					w.Errorf("path %s", path)
				}
			})
		})
	}
}

func TestDeletedAndLinked(t *testing.T) {
	test(t, func(w *world) {
		w.append("a.log", "one\n")
		w.do(os.Symlink(filepath.Join(w.dir, "a.log"), filepath.Join(w.dir, "link.log")))
		w.do(os.Symlink(filepath.Join(w.dir, "nowhere"), filepath.Join(w.dir, "broken.log")))
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		w.expect("one")
		w.do(os.Remove(filepath.Join(w.dir, "a.log")))
		w.pass(time.Minute)
		w.append("a.log", "again\n")
		w.pass(2 * time.Second)
		w.expect("one", "again")
	})
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	test(t, func(w *world) {
		w.append("a.log", "one\n")
		w.append("b.log", "two\n")
		w.do(os.Chmod(filepath.Join(w.dir, "a.log"), 0))
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		w.expect("two")
		w.do(os.Chmod(filepath.Join(w.dir, "a.log"), 0o600))
		w.pass(2 * time.Second)
		w.expect("two", "one")
	})
}

// TestStoreFull holds that the files wait for the store, and nothing is lost.
func TestStoreFull(t *testing.T) {
	test(t, func(w *world) {
		w.fail(store.ErrFull)
		var want []string
		var text strings.Builder
		for i := range 20_000 {
			want = append(want, fmt.Sprintf("line %d", i))
			fmt.Fprintf(&text, "line %d\n", i)
		}
		w.append("a.log", text.String())
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		w.pass(time.Minute)
		w.expect()
		w.fail(nil)
		w.pass(time.Minute)
		if !slices.Equal(want, w.messages()) {
			w.Errorf("%d lines arrived", len(w.messages()))
		}
	})
}

func TestStoreClosed(t *testing.T) {
	test(t, func(w *world) {
		w.fail(store.ErrClosed)
		w.append("a.log", strings.Repeat("line\n", 5000))
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		w.pass(10 * time.Second)
		if err := w.stop(); err == nil || !strings.Contains(err.Error(), "closed") {
			w.Errorf("Run: %v", err)
		}
		w.stop = nil
	})
}

func TestManyFiles(t *testing.T) {
	test(t, func(w *world) {
		for i := range 600 { // more than are open at once
			w.append(fmt.Sprintf("%03d.log", i), "m\n")
		}
		w.follow(file.Config{Patterns: []string{"*.log"}, FromBeginning: true})
		if n := len(w.messages()); n != 512 {
			w.Errorf("%d files are followed, want 512", n)
		}
		for i := range 600 {
			if i%2 == 0 {
				w.do(os.Remove(filepath.Join(w.dir, fmt.Sprintf("%03d.log", i))))
			}
		}
		w.pass(time.Minute)
		if n := len(w.messages()); n != 512+44 {
			w.Errorf("%d files were read, want those that came late too", n)
		}
	})
}

func TestBadPattern(t *testing.T) {
	_, err := file.New(file.Config{Patterns: []string{"ok/*.log", "[a", "{b"}}, nil, discard)
	if err == nil || !strings.Contains(err.Error(), `"[a"`) || !strings.Contains(err.Error(), `"{b"`) {
		t.Errorf("got %v", err)
	}
}
