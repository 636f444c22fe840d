package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

var errEnough = errors.New("enough")

func testCancelled(t *testing.T, e Engine) {
	want := fill(t, e, 10)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errEnough)
	for name, call := range calls(ctx, e) {
		if err := call(); !errors.Is(err, errEnough) {
			t.Errorf("%s with a cancelled context: %v, want its cause", name, err)
		}
	}
	f := follow(t, e, e.Bounds().Head)
	f.cancel(errEnough)
	if err := f.end(t); !errors.Is(err, errEnough) {
		t.Errorf("Follow with a cancelled context: %v, want its cause", err)
	}
	if err := e.Health(); err != nil {
		t.Errorf("Health after calls were cancelled: %v", err)
	}
	// An Append that was given up may have been carried out.
	got, _ := readAll(t, e, e.Bounds().Floor, large)
	same(t, got[:len(want)], want)
}

// calls returns all calls that may fail.
func calls(ctx context.Context, e Engine) map[string]func() error {
	return map[string]func() error{
		"Append": func() error { return e.Append(ctx, numbered(9, 0, 1)) },
		"Read": func() error {
			_, err := e.Read(ctx, e.Bounds().Floor, large)
			return err
		},
		"ReadBackward": func() error {
			_, err := e.ReadBackward(ctx, 0, large)
			return err
		},
		"PositionAt": func() error {
			_, err := e.PositionAt(ctx, time.Now())
			return err
		},
	}
}

func testClosed(t *testing.T, e Engine) {
	fill(t, e, 10)
	f := follow(t, e, e.Bounds().Head)
	if err := e.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := f.end(t); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Follow ended with %v, want ErrClosed", err)
	}
	for name, call := range calls(t.Context(), e) {
		if err := call(); !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s on a closed log: %v, want ErrClosed", name, err)
		}
	}
	if err := e.Follow(t.Context(), 0, func([]*entry.Entry) {}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Follow on a closed log: %v, want ErrClosed", err)
	}
	if err := e.Health(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Health of a closed log: %v, want ErrClosed", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

func testClosedInUse(t *testing.T, e Engine) {
	fill(t, e, 100)
	var wg sync.WaitGroup
	begun := make(chan struct{}, 8)
	for range cap(begun) {
		wg.Go(func() {
			for first := true; ; first = false {
				for name, call := range calls(t.Context(), e) {
					if err := call(); errors.Is(err, store.ErrClosed) {
						return
					} else if err != nil {
						t.Errorf("%s while the log is closed: %v", name, err)
						return
					}
				}
				if first {
					begun <- struct{}{}
				}
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	if err := e.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	wg.Wait()
}

func testReopen(t *testing.T, e Engine) {
	r, ok := e.(Reopener)
	if !ok {
		t.Skip("the engine is no Reopener")
	}
	var want []*entry.Entry
	epoch := e.Epoch()
	for range 3 {
		from := len(want)
		want = append(want, mustAppend(t, r, numbered(0, from, 500))...)
		again := r.Reopen(t)
		if again.Epoch() != epoch {
			t.Fatalf("the epoch changed from %x to %x", epoch, again.Epoch())
		}
		got, gaps := readAll(t, again, again.Bounds().Floor, large)
		same(t, got, want)
		if len(gaps) != 0 {
			t.Errorf("gaps: %+v", gaps)
		}
		checkCounts(t, again, again.Bounds().Floor, want)
		if r, ok = again.(Reopener); !ok {
			t.Fatal("the engine that was opened again is no Reopener")
		}
	}
}
