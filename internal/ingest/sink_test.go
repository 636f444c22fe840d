package ingest_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
)

// log records what it is given, or fails as it is told to.
type log struct {
	mu      sync.Mutex
	err     error
	entries []*entry.Entry
	calls   int
	// gate, if set, is received from before each append.
	gate chan struct{}
}

func (l *log) Append(ctx context.Context, entries []*entry.Entry) error {
	if l.gate != nil {
		select {
		case <-l.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
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

var (
	seen            = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ignoreEncodings = cmpopts.IgnoreUnexported(entry.Entry{})
)

func newSink(l *log, limits ingest.Limits) *ingest.Sink {
	return ingest.NewSink(l, limits, func() time.Time { return seen })
}

func TestSinkTimes(t *testing.T) {
	l := &log{}
	entries := []*entry.Entry{{}, {Timestamp: 5}, {Observed: 7}, {Timestamp: 5, Observed: 7}}
	if err := newSink(l, ingest.Limits{}).Append(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	at := seen.UnixNano()
	want := []*entry.Entry{{Timestamp: at, Observed: at}, {Timestamp: 5, Observed: at}, {Timestamp: 7, Observed: 7}, {Timestamp: 5, Observed: 7}}
	if diff := cmp.Diff(want, l.entries, ignoreEncodings); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestSinkErrors(t *testing.T) {
	l := &log{}
	sink := newSink(l, ingest.Limits{})
	if err := sink.Append(t.Context(), nil); err != nil || l.calls != 0 {
		t.Errorf("nothing to store: %v, %d calls", err, l.calls)
	}
	cause := errors.New("no")
	l.fail(cause)
	if err := sink.Append(t.Context(), []*entry.Entry{{}}); !errors.Is(err, cause) {
		t.Errorf("got %v, want the store's error", err)
	}
}

// fit returns what a Sink makes of e.
func fit(t *testing.T, limits ingest.Limits, e *entry.Entry) *entry.Entry {
	t.Helper()
	l := &log{}
	if err := newSink(l, limits).Append(t.Context(), []*entry.Entry{e}); err != nil {
		t.Fatal(err)
	}
	return l.entries[0]
}

func value(t *testing.T, e *entry.Entry, key string) string {
	t.Helper()
	v, ok := e.Attribute(key)
	if !ok {
		t.Errorf("there is no attribute %s", key)
	}
	return v
}

// size is the text of an entry.
func size(e *entry.Entry) int {
	n := len(e.Service) + len(e.Host) + len(e.Message)
	for _, a := range e.Attributes {
		n += len(a.Key) + len(a.Value)
	}
	return n
}

func TestLimits(t *testing.T) {
	limits := ingest.Limits{EntryBytes: 8 << 10, Attributes: 10, NameBytes: 20}
	long := strings.Repeat("é", 50_000)
	many := make([]entry.Attribute, 0, 1000)
	for i := range 1000 {
		many = append(many, entry.Attribute{Key: "key." + strconv.Itoa(1000+i), Value: "v"})
	}
	for name, c := range map[string]struct {
		entry *entry.Entry
		marks map[string]string
	}{
		"message":        {&entry.Entry{Message: long, Attributes: []entry.Attribute{{Key: "a", Value: "b"}}}, map[string]string{ingest.KeyTruncated: "true", ingest.KeyOriginalLength: "100000", "a": "b"}},
		"value":          {&entry.Entry{Message: "m", Attributes: []entry.Attribute{{Key: "a", Value: long}}}, map[string]string{ingest.KeyTruncated: "true", ingest.KeyTruncatedAttributes: "1"}},
		"key":            {&entry.Entry{Message: "m", Attributes: []entry.Attribute{{Key: long, Value: "v"}}}, map[string]string{ingest.KeyTruncated: "true", ingest.KeyTruncatedAttributes: "1", long[:20]: "v"}},
		"attributes":     {&entry.Entry{Message: "m", Attributes: many}, map[string]string{ingest.KeyDroppedAttributes: "990", "key.1000": "v"}},
		"service":        {&entry.Entry{Message: "m", Service: long}, map[string]string{ingest.KeyTruncated: "true"}},
		"everything":     {&entry.Entry{Message: long, Service: long, Host: long, Attributes: append([]entry.Attribute{{Key: "a", Value: long}, {Key: "b", Value: long}, {Key: "c", Value: long}}, many...)}, map[string]string{ingest.KeyTruncated: "true", ingest.KeyOriginalLength: "100000"}},
		"cut before us":  {&entry.Entry{Message: long, Attributes: []entry.Attribute{{Key: ingest.KeyOriginalLength, Value: "999999"}}}, map[string]string{ingest.KeyOriginalLength: "999999", ingest.KeyTruncated: "true"}},
		"same beginning": {&entry.Entry{Message: "m", Attributes: []entry.Attribute{{Key: long[:30] + "1", Value: "1"}, {Key: long[:30] + "2", Value: "2"}}}, map[string]string{long[:20]: "1", ingest.KeyTruncatedAttributes: "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := fit(t, limits, c.entry)
			for key, want := range c.marks {
				if got := value(t, e, key); got != want {
					t.Errorf("%s is %q, want %q", key, got, want)
				}
			}
			if n := size(e); n > limits.EntryBytes {
				t.Errorf("the entry has %d bytes", n)
			}
			if !utf8.ValidString(e.Message) || !utf8.ValidString(e.Service) || e.Message == "" {
				t.Error("a character was cut in two, or everything was cut")
			}
			for i := 1; i < len(e.Attributes); i++ {
				if e.Attributes[i-1].Key >= e.Attributes[i].Key {
					t.Errorf("the attributes are not sorted: %v", e.Attributes)
				}
			}
		})
	}
}

func TestLimitsLeaveAlone(t *testing.T) {
	full := &entry.Entry{Message: strings.Repeat("x", 4096-7), Service: "s", Host: "h", Attributes: []entry.Attribute{{Key: "key", Value: "v"}, {Key: "l", Value: ""}}}
	e := fit(t, ingest.Limits{EntryBytes: 4096}, full)
	if len(e.Attributes) != 2 || len(e.Message) != 4096-7 {
		t.Errorf("an entry that fits exactly was changed: %v", e.Attributes)
	}
}

func TestUTF8(t *testing.T) {
	e := fit(t, ingest.Limits{}, &entry.Entry{Message: "a\xffb", Service: "\xfe", Host: "h\xc3", Attributes: []entry.Attribute{{Key: "k\xff", Value: "v\xff"}, {Key: "l", Value: "w"}}})
	want := &entry.Entry{
		Timestamp: seen.UnixNano(), Observed: seen.UnixNano(), Message: "a\ufffdb", Service: "\ufffd", Host: "h\ufffd",
		Attributes: []entry.Attribute{{Key: "k\ufffd", Value: "v\ufffd"}, {Key: "l", Value: "w"}},
	}
	if diff := cmp.Diff(want, e, ignoreEncodings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSharedAttributes holds that cutting one entry leaves another with the same slice.
func TestSharedAttributes(t *testing.T) {
	shared := []entry.Attribute{{Key: "a", Value: strings.Repeat("x", 100_000)}, {Key: "b", Value: "\xff"}}
	before := append([]entry.Attribute(nil), shared...)
	fit(t, ingest.Limits{}, &entry.Entry{Message: "m", Attributes: shared})
	if diff := cmp.Diff(before, shared); diff != "" {
		t.Errorf("the maker's slice was changed:\n%s", diff)
	}
}

// usual returns an entry that fits as it is.
func usual() *entry.Entry {
	return &entry.Entry{
		Timestamp: 1, Observed: 1, Service: "checkout", Host: "web-1", Message: strings.Repeat("a line of log ", 10),
		Attributes: []entry.Attribute{{Key: "http.method", Value: "GET"}, {Key: "http.route", Value: "/api/cart"}, {Key: "http.status", Value: "200"}},
	}
}

// TestSinkAllocates holds that an entry that fits costs no memory.
func TestSinkAllocates(t *testing.T) {
	sink, entries := ingest.NewSink(appendNothing{}, ingest.Limits{}, time.Now), []*entry.Entry{usual()}
	if n := testing.AllocsPerRun(100, func() { _ = sink.Append(t.Context(), entries) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkSink(b *testing.B) {
	sink := ingest.NewSink(appendNothing{}, ingest.Limits{}, time.Now)
	entries := []*entry.Entry{usual()}
	b.ReportAllocs()
	for b.Loop() {
		if err := sink.Append(b.Context(), entries); err != nil {
			b.Fatal(err)
		}
	}
}

type appendNothing struct{}

func (appendNothing) Append(context.Context, []*entry.Entry) error { return nil }
