package storetest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

const large = 1 << 30

func testEmpty(t *testing.T, e Engine) {
	if b := e.Bounds(); b.Floor != b.Head {
		t.Errorf("Bounds of an empty log: %+v", b)
	}
	if err := e.Health(); err != nil {
		t.Errorf("Health: %v", err)
	}
	mustAppend(t, e, nil)
	head := e.Bounds().Head
	if got, gaps := readAll(t, e, head, large); len(got)+len(gaps) != 0 {
		t.Errorf("%d entries and %d gaps in an empty log", len(got), len(gaps))
	}
	batch, err := e.ReadBackward(t.Context(), 0, large)
	if err != nil || batch.After != batch.Through || len(batch.Entries) != 0 {
		t.Errorf("ReadBackward of an empty log: %+v, %v", batch, err)
	}
	if p, err := e.PositionAt(t.Context(), time.Now()); err != nil || p != head {
		t.Errorf("PositionAt of an empty log: %d, %v", p, err)
	}
}

func testRead(t *testing.T, e Engine) {
	want := fill(t, e, 1000)
	if !slices.IsSortedFunc(want, func(a, b *entry.Entry) int { return cmp.Compare(a.Position, b.Position) }) {
		t.Error("positions do not increase in the order of the entries")
	}
	if head := e.Bounds().Head; head != want[len(want)-1].Position {
		t.Errorf("the head is %d, the last entry at %d", head, want[len(want)-1].Position)
	}
	got, gaps := readAll(t, e, e.Bounds().Floor, large)
	same(t, got, want)
	if len(gaps) != 0 {
		t.Errorf("gaps: %+v", gaps)
	}
}

func testReadFromEverywhere(t *testing.T, e Engine) {
	want := fill(t, e, 200)
	for _, from := range want {
		got, _ := readAll(t, e, from.Position, 1)
		same(t, got, behind(want, from.Position))
	}
	ahead := e.Bounds().Head + 10
	if batch, err := e.Read(t.Context(), ahead, large); err != nil || batch.After != ahead || batch.Through != ahead {
		t.Errorf("Read ahead of the log: %+v, %v", batch, err)
	}
}

func testReadBackward(t *testing.T, e Engine) {
	want := fill(t, e, 200)
	for _, maxBytes := range []int{1, 2000, large} {
		for i := range want {
			same(t, readBackward(t, e, want[i].Position, maxBytes), want[:i])
		}
		same(t, readBackward(t, e, 0, maxBytes), want)
		same(t, readBackward(t, e, e.Bounds().Head+10, maxBytes), want)
	}
}

// readBackward reads from before a position down to the beginning.
func readBackward(t *testing.T, e Engine, before entry.Position, maxBytes int) (all []*entry.Entry) {
	t.Helper()
	for {
		batch, err := e.ReadBackward(t.Context(), before, maxBytes)
		if err != nil {
			t.Fatalf("ReadBackward(%d): %v", before, err)
		}
		checkBatch(t, batch)
		if batch.Gap != nil {
			t.Fatalf("ReadBackward(%d): a gap: %+v", before, batch)
		}
		if before != 0 && batch.Through >= before {
			t.Fatalf("ReadBackward(%d) returned what is up to %d", before, batch.Through)
		}
		if batch.After == batch.Through {
			return all
		}
		all, before = slices.Concat(batch.Entries, all), batch.After+1
	}
}

func testReadBounded(t *testing.T, e Engine) {
	const batches, perBatch, maxBytes = 50, 100, 20_000
	var want []*entry.Entry
	for i := range batches {
		want = append(want, mustAppend(t, e, numbered(0, i*perBatch, perBatch))...)
	}
	blockBytes := 0
	for _, x := range want[:perBatch] {
		blockBytes += 2 * x.Size()
	}
	size := func(b store.Batch) (n int) {
		for _, x := range b.Entries {
			n += x.Size()
		}
		return n
	}
	forward, err := e.Read(t.Context(), e.Bounds().Floor, maxBytes)
	if n := size(forward); err != nil || n < maxBytes || n > maxBytes+blockBytes {
		t.Errorf("Read returned %d bytes, want about %d: %v", n, maxBytes, err)
	}
	backward, err := e.ReadBackward(t.Context(), 0, maxBytes)
	if n := size(backward); err != nil || n < maxBytes || n > maxBytes+blockBytes {
		t.Errorf("ReadBackward returned %d bytes, want about %d: %v", n, maxBytes, err)
	}
}

func testPositionAt(t *testing.T, e Engine) {
	before := tick()
	var want []*entry.Entry
	times := []time.Time{before}
	heads := []entry.Position{e.Bounds().Head}
	for i := range 20 {
		want = append(want, mustAppend(t, e, numbered(0, i*10, 10))...)
		times, heads = append(times, tick()), append(heads, e.Bounds().Head)
	}
	for i := range times {
		p, err := e.PositionAt(t.Context(), times[i])
		if err != nil {
			t.Fatalf("PositionAt: %v", err)
		}
		got, _ := readAll(t, e, p, large)
		same(t, got, behind(want, heads[i]))
	}
	for _, at := range []time.Time{{}, time.Unix(0, 0), before.AddDate(-400, 0, 0)} {
		if p, err := e.PositionAt(t.Context(), at); err != nil || p != e.Bounds().Floor {
			t.Errorf("PositionAt(%v) is %d, want the floor: %v", at, p, err)
		}
	}
	for _, at := range []time.Time{time.Now().Add(time.Hour), before.AddDate(400, 0, 0)} {
		if p, err := e.PositionAt(t.Context(), at); err != nil || p != e.Bounds().Head {
			t.Errorf("PositionAt(%v) is %d, want the head: %v", at, p, err)
		}
	}
}

// tick returns a time that is later than everything before the call and earlier than
// everything behind it.
func tick() time.Time {
	next := func() time.Time {
		for begin := time.Now().Round(0); ; {
			if now := time.Now().Round(0); now.After(begin) {
				return now
			}
		}
	}
	now := next()
	next()
	return now
}

func testEntries(t *testing.T, e Engine) {
	begin := e.Bounds().Head
	if n := e.Entries(begin, begin); n != 0 {
		t.Errorf("%d entries in an empty stretch", n)
	}
	checkCounts(t, e, begin, fill(t, e, 100))
}

// checkCounts checks Entries for all stretches that begin and end at begin or an entry of
// all, which are all entries behind begin.
func checkCounts(t *testing.T, e Engine, begin entry.Position, all []*entry.Entry) {
	t.Helper()
	at := func(i int) entry.Position {
		if i == 0 {
			return begin
		}
		return all[i-1].Position
	}
	for from := range len(all) + 1 {
		for to := from; to <= len(all); to++ {
			if n := e.Entries(at(from), at(to)); n != uint64(to-from) {
				t.Fatalf("Entries(%d, %d) is %d, want %d", at(from), at(to), n, to-from)
			}
		}
	}
}

func testTimes(t *testing.T, e Engine) {
	before := time.Now().UnixNano()
	neither, observed := &entry.Entry{Message: "neither"}, &entry.Entry{Message: "observed", Observed: 5}
	mustAppend(t, e, []*entry.Entry{neither, observed})
	after := time.Now().UnixNano()
	if neither.Observed < before || neither.Observed > after || neither.Timestamp != neither.Observed {
		t.Errorf("the times of an entry without are %d and %d", neither.Timestamp, neither.Observed)
	}
	if observed.Observed != 5 || observed.Timestamp != 5 {
		t.Errorf("the times of an entry observed at 5 are %d and %d", observed.Timestamp, observed.Observed)
	}
	got, _ := readAll(t, e, e.Bounds().Floor, large)
	same(t, got, []*entry.Entry{neither, observed})
	if got[0].Timestamp != neither.Timestamp {
		t.Errorf("read back with the time %d, want %d", got[0].Timestamp, neither.Timestamp)
	}
}

func testCursors(t *testing.T, e Engine) {
	want := fill(t, e, 50)
	ep := e.Epoch()
	if ep == 0 {
		t.Error("the epoch is 0")
	}
	for _, x := range want {
		p, err := ep.CheckCursor(ep.Cursor(x.Position), e.Bounds())
		if err != nil || p != x.Position {
			t.Errorf("the cursor of %d leads to %d: %v", x.Position, p, err)
		}
	}
}
