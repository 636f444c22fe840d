package local

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// TestCancelledReader cancels a reader that waits for a block which another one is just
// reading from the disk. The block is as sound as before: nobody may be told of damage.
func TestCancelledReader(t *testing.T) {
	cfg := Config{Dir: t.TempDir()}
	written, stored := fileOfBlocks(t, cfg)
	closeLog(t, written)
	synctest.Test(t, func(t *testing.T) {
		machine := newFaulty()
		l, err := open(cfg, discard(), machine.environment)
		if err != nil {
			t.Fatal(err)
		}
		defer closeLog(t, l)
		slow := make(chan struct{})
		inject := func(op errorfs.Op) error {
			if op.Kind == errorfs.OpFileReadAt {
				<-slow
			}
			return nil
		}
		machine.inject.Store(&inject)
		var readers sync.WaitGroup
		readers.Go(func() { _, _ = l.Read(t.Context(), 0, 1) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		readers.Go(func() { _, _ = l.Read(ctx, 0, 1) })
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(slow)
		readers.Wait()
		machine.mend()
		checkLog(t, l, stored, nil)
	})
}

// lookedAt is a context that calls then once: when it is asked for its error for the
// second time or, failing that, for its channel. It ends when it is asked for its channel
// for the second time.
type lookedAt struct {
	context.Context

	end           context.CancelFunc
	errors, dones int
	once          sync.Once
	then          func()
}

func (c *lookedAt) Err() error {
	if c.errors++; c.errors == 2 {
		c.once.Do(c.then)
	}
	return c.Context.Err()
}

func (c *lookedAt) Done() <-chan struct{} {
	c.once.Do(c.then)
	if c.dones++; c.dones == 2 {
		c.end()
	}
	return c.Context.Done()
}

// TestFollowFromTheVeryFirst appends the first entries of a log just when a follower has
// joined: it gets them handed, and must not read them as well. It looks at its context at
// each read, the first of which finds the log empty, and then whenever it waits.
func TestFollowFromTheVeryFirst(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	stop, cancel := context.WithCancel(t.Context())
	ctx := &lookedAt{Context: stop, end: cancel, then: func() {
		if err := l.Append(t.Context(), samples(0, 10)); err != nil {
			t.Error(err)
		}
	}}
	var got []entry.Position
	_ = l.Follow(ctx, 0, func(entries []*entry.Entry) {
		for _, e := range entries {
			got = append(got, e.Position)
		}
	})
	if want := []entry.Position{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}; !slices.Equal(got, want) {
		t.Errorf("the follower got %v, want %v", got, want)
	}
}
