package local

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// model is what a log should hold.
type model struct {
	t       *testing.T
	dir     string
	number  int
	log     *Log
	ahead   atomic.Int64
	entries []*entry.Entry // all that were appended
	times   []int64        // when
	floor   entry.Position
}

// TestModel does at random what can be done with a log, and compares it with a slice.
func TestModel(t *testing.T) {
	t.Parallel()
	m := &model{t: t, dir: t.TempDir()}
	rapid.Check(t, func(rt *rapid.T) {
		m.begin(rt)
		defer func() {
			if err := m.log.Close(); err != nil {
				rt.Error(err)
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"append":   m.append,
			"forward":  m.forward,
			"backward": m.backward,
			"at":       m.at,
			"retain":   m.retain,
			"reopen":   m.reopen,
			"flush":    m.flush,
			"":         m.bounds,
		})
	})
}

func (m *model) begin(rt *rapid.T) {
	m.number++
	m.entries, m.times, m.floor = nil, nil, 0
	m.ahead.Store(0)
	m.open(rt)
}

func (m *model) open(rt *rapid.T) {
	env := machine()
	env.now = func() time.Time { return time.Unix(1_700_000_000, m.ahead.Load()) }
	l, err := open(Config{Dir: fmt.Sprint(m.dir, "/", m.number), MaxAge: time.Hour}, discard(), env)
	if err != nil {
		rt.Fatal(err)
	}
	m.log = l
}

func (m *model) reopen(rt *rapid.T) {
	if err := m.log.Close(); err != nil {
		rt.Fatal(err)
	}
	m.open(rt)
}

func (m *model) flush(rt *rapid.T) {
	if err := m.log.db.Flush(); err != nil {
		rt.Fatal(err)
	}
}

func (m *model) append(rt *rapid.T) {
	m.ahead.Add(rapid.Int64Range(-int64(time.Minute), int64(10*time.Minute)).Draw(rt, "ahead"))
	n := rapid.SampledFrom([]int{1, 2, 10, 300, 1030}).Draw(rt, "count")
	entries := samples(len(m.entries), n)
	if rapid.Bool().Draw(rt, "large") {
		entries[0].Message = string(make([]byte, maxBlockBytes+1))
	}
	if err := m.log.Append(m.t.Context(), entries); err != nil {
		rt.Fatal(err)
	}
	now := 1_700_000_000_000_000_000 + m.ahead.Load()
	if len(m.times) > 0 {
		now = max(now, m.times[len(m.times)-1])
	}
	m.entries, m.times = append(m.entries, entries...), append(m.times, slices.Repeat([]int64{now}, n)...)
}

// retained returns the entries behind a position that should still be there.
func (m *model) retained(after entry.Position) []*entry.Entry {
	after = max(after, m.floor)
	i, _ := slices.BinarySearchFunc(m.entries, after+1, func(e *entry.Entry, p entry.Position) int { return cmp.Compare(e.Position, p) })
	return m.entries[i:]
}

func (m *model) position(rt *rapid.T) entry.Position {
	return entry.Position(rapid.Uint64Range(0, uint64(m.head()+3)).Draw(rt, "position"))
}

func (m *model) head() entry.Position {
	if len(m.entries) == 0 {
		return 0
	}
	return m.entries[len(m.entries)-1].Position
}

func (m *model) forward(rt *rapid.T) {
	after := m.position(rt)
	batch, err := m.log.Read(m.t.Context(), after, rapid.IntRange(-1, 1_000_000).Draw(rt, "bytes"))
	if err != nil || batch.After != after {
		rt.Fatalf("Read(%d): %+v, %v", after, batch, err)
	}
	if after < m.floor {
		if batch.Gap == nil || batch.Through != m.floor || batch.Gap.Entries != uint64(m.floor-after) {
			rt.Fatalf("Read(%d) below the floor %d: %+v, %+v", after, m.floor, batch, batch.Gap)
		}
		return
	}
	want := m.retained(after)
	if len(batch.Entries) > len(want) || len(batch.Entries) == 0 && len(want) > 0 || batch.Gap != nil {
		rt.Fatalf("Read(%d): %d entries of %d, %+v", after, len(batch.Entries), len(want), batch.Gap)
	}
	m.compare(rt, batch.Entries, want[:len(batch.Entries)])
}

func (m *model) backward(rt *rapid.T) {
	before := m.position(rt)
	batch, err := m.log.ReadBackward(m.t.Context(), before, rapid.IntRange(-1, 1_000_000).Draw(rt, "bytes"))
	if err != nil || batch.Gap != nil {
		rt.Fatalf("ReadBackward(%d): %+v, %v", before, batch, err)
	}
	want := m.retained(0)
	if before > 0 {
		want = want[:len(want)-len(m.retained(before-1))]
	}
	if len(batch.Entries) > len(want) || len(batch.Entries) == 0 && len(want) > 0 {
		rt.Fatalf("ReadBackward(%d): %d entries of %d", before, len(batch.Entries), len(want))
	}
	m.compare(rt, batch.Entries, want[len(want)-len(batch.Entries):])
}

func (m *model) compare(rt *rapid.T, got, want []*entry.Entry) {
	for i := range want {
		if got[i].Position != want[i].Position || !bytes.Equal(got[i].Wire(), want[i].Wire()) {
			rt.Fatalf("entry %d is at %d, want %d", i, got[i].Position, want[i].Position)
		}
	}
}

func (m *model) at(rt *rapid.T) {
	at := 1_700_000_000_000_000_000 + m.ahead.Load() - rapid.Int64Range(-int64(time.Minute), int64(2*time.Hour)).Draw(rt, "ago")
	got, err := m.log.PositionAt(m.t.Context(), time.Unix(0, at))
	if err != nil {
		rt.Fatal(err)
	}
	if want := m.before(at); got != want {
		rt.Fatalf("PositionAt(%d) is %d, want %d", at, got, want)
	}
}

// before returns the last position that was taken in before a time.
func (m *model) before(at int64) entry.Position {
	i, _ := slices.BinarySearch(m.times, at)
	if i == 0 {
		return m.floor
	}
	return max(m.floor, m.entries[i-1].Position)
}

func (m *model) retain(rt *rapid.T) {
	m.ahead.Add(rapid.Int64Range(0, int64(30*time.Minute)).Draw(rt, "ahead"))
	m.floor = m.before(1_700_000_000_000_000_000 + m.ahead.Load() - int64(time.Hour))
	if err := m.log.Retain(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
}

func (m *model) bounds(rt *rapid.T) {
	if b := m.log.Bounds(); b.Floor != m.floor || b.Head != m.head() {
		rt.Fatalf("the bounds are %+v, want %d to %d", b, m.floor, m.head())
	}
}
