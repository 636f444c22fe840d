package load_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newSource(t *testing.T) *load.Source {
	t.Helper()
	s, err := load.NewSource("host-")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The filter of a class selects the entries whose numbers are of it, and no other.
func TestFiltersSelectTheirClass(t *testing.T) {
	source := newSource(t)
	for _, class := range []load.Class{load.Everything(), load.OnePercent(0), load.OnePercent(37), load.OnePercent(199)} {
		m, err := filter.Compile(class.Filter())
		if err != nil {
			t.Fatal(err)
		}
		for number := range uint64(2000) {
			sample, err := source.Sample(load.ID{Writer: 3, Number: number})
			if err != nil {
				t.Fatal(err)
			}
			e, err := entry.FromProto(sample)
			if err != nil {
				t.Fatal(err)
			}
			if want := number%class.Of == class.Rest; m.Match(e) != want {
				t.Fatalf("%+v: entry %d matches: %v, want %v", class, number, !want, want)
			}
		}
	}
}

func TestEntriesAreOfTheirSize(t *testing.T) {
	source := newSource(t)
	const n, least, most = 1000, 240, 260
	if size := len(source.Append(nil, 0, 0, n)) / n; size < least || size > most {
		t.Errorf("an entry has %d bytes, want about 250", size)
	}
}

func TestEntriesCarryTheirID(t *testing.T) {
	source := newSource(t)
	traces := map[string]bool{}
	for _, id := range []load.ID{{}, {Writer: 7, Number: 1}, {Writer: 99, Number: 9_999_999_999}, {Number: 1_000_000}} {
		e, err := source.Sample(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := load.ParseID([]byte(e.GetMessage())); !ok || got != id {
			t.Errorf("%q carries %+v, want %+v", e.GetMessage(), got, id)
		}
		if traces[e.GetTraceId()] {
			t.Errorf("two entries have the trace %s", e.GetTraceId())
		}
		traces[e.GetTraceId()] = true
	}
}

func TestTextWithoutID(t *testing.T) {
	for _, text := range []string{"", "hello", "00-0000000001 GET", "00:00000000x1 GET", "xx:0000000001 GET", "00:0000000001"} {
		if id, ok := load.ParseID([]byte(text)); ok {
			t.Errorf("%q carries %+v", text, id)
		}
	}
}
