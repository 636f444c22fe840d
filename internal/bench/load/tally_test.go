package load_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// plan is of two writers: 10 to 19 of the first, 0 to 4 of the second.
func plan() load.Plan { return load.Plan{From: []uint64{10, 0}, To: []uint64{20, 5}} }

// deliver hands a tally all entries of a plan but those that skip names.
func deliver(t *load.Tally, p load.Plan, skip ...load.ID) {
	left := map[load.ID]bool{}
	for _, id := range skip {
		left[id] = true
	}
	for w := range p.From {
		for n := p.From[w]; n < p.To[w]; n++ {
			if id := (load.ID{Writer: w, Number: n}); !left[id] {
				t.Entry(id)
			}
		}
	}
}

func TestTallyCounts(t *testing.T) {
	id := func(writer int, number uint64) load.ID { return load.ID{Writer: writer, Number: number} }
	gap := &loggerv1.LogEntry{Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: &loggerv1.Gap{Entries: 4}}}}
	for name, c := range map[string]struct {
		do   func(tally *load.Tally)
		want load.Counts
	}{
		"all is well": {
			func(tally *load.Tally) { deliver(tally, plan()) },
			load.Counts{Delivered: 15},
		},
		"two are missing, one of them the last": {
			func(tally *load.Tally) { deliver(tally, plan(), id(0, 13), id(1, 4)) },
			load.Counts{Delivered: 13, Missing: 2},
		},
		"one comes twice": {
			func(tally *load.Tally) { deliver(tally, plan()); tally.Entry(id(0, 11)) },
			load.Counts{Delivered: 15, Twice: 1},
		},
		"one comes late": {
			func(tally *load.Tally) { deliver(tally, plan(), id(0, 11)); tally.Entry(id(0, 11)) },
			load.Counts{Delivered: 15, Disordered: 1},
		},
		"one comes late and again": {
			func(tally *load.Tally) {
				deliver(tally, plan(), id(0, 11))
				tally.Entry(id(0, 11))
				tally.Entry(id(0, 11))
			},
			load.Counts{Delivered: 15, Disordered: 1, Twice: 1},
		},
		"some were never written, or earlier": {
			func(tally *load.Tally) {
				deliver(tally, plan())
				tally.Entry(id(0, 9))
				tally.Entry(id(0, 20))
				tally.Entry(id(5, 12))
			},
			load.Counts{Delivered: 15, Foreign: 3},
		},
		"a gap is told": {
			func(tally *load.Tally) { deliver(tally, plan()); tally.Notice(gap) },
			load.Counts{Delivered: 15, Gaps: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tally := load.NewTally(load.Everything(), plan())
			c.do(tally)
			if got := tally.Counts(); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestTallyOfAClass(t *testing.T) {
	p := load.Plan{From: []uint64{50}, To: []uint64{350}}
	tally := load.NewTally(load.OnePercent(30), p)
	for _, n := range []uint64{130, 230, 231, 330} {
		tally.Entry(load.ID{Number: n})
	}
	if got, want := tally.Counts(), (load.Counts{Delivered: 3, Foreign: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTallyInAnyOrder(t *testing.T) {
	tally := load.NewTally(load.Everything(), plan()).AnyOrder()
	deliver(tally, plan(), load.ID{Number: 11})
	tally.Entry(load.ID{Number: 11})
	if got, want := tally.Counts(), (load.Counts{Delivered: 15}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tally := load.NewTally(load.Everything(), plan())
		if err := tally.Await(t.Context()); err == nil {
			t.Error("a tally that gets nothing is complete")
		}
		deliver(tally, plan())
		if err := tally.Await(t.Context()); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := load.NewTally(load.Everything(), plan()).Await(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
