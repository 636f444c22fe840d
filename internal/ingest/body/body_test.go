package body_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/body"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

const (
	document = "application/json"
	lines    = "application/x-ndjson"
)

var one, two = &loggerv1.LogEntry{Message: "one", Severity: loggerv1.Severity_WARN}, &loggerv1.LogEntry{Message: "two", TraceId: strings.Repeat("ab", 16)}

const (
	oneText = `{"message":"one","severity":"WARN"}`
	twoText = `{"message":"two","traceId":"abababababababababababababababab"}`
)

func TestForms(t *testing.T) {
	want := []*loggerv1.LogEntry{one, two}
	for name, c := range map[string]struct{ contentType, text string }{
		"object":               {document, `{"entries":[` + oneText + `,` + twoText + `]}`},
		"array":                {document + "; charset=utf-8", ` [` + oneText + ` , ` + twoText + "]\n"},
		"lines":                {lines, oneText + "\n\n" + twoText + "\r\n"},
		"lines, jsonl":         {"application/jsonl", oneText + "\n" + twoText},
		"object, no type":      {"", `{"entries":[` + oneText + `,` + twoText + `]}`},
		"object, spread":       {"", "{\n\"entries\":\n[" + oneText + `,` + twoText + `]}`},
		"array, no type":       {"", `[` + oneText + `,` + twoText + `]`},
		"lines, no type":       {"", oneText + "\n" + twoText},
		"object, byte order":   {document, "\ufeff" + `{"entries":[` + oneText + `,` + twoText + `]}`},
		"what the server sets": {lines, `{"cursor":"x","filter_revision":3,"message":"one","severity":"WARN"}` + "\n" + twoText},
	} {
		t.Run(name, func(t *testing.T) {
			for _, encoding := range []string{"", "gzip"} {
				text := c.text
				if encoding != "" {
					text = gzipped(t, text)
				}
				b, err := body.Decode(strings.NewReader(text), c.contentType, encoding, inflate.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				ignored := protocmp.IgnoreFields(&loggerv1.LogEntry{}, "cursor", "filter_revision")
				if diff := cmp.Diff(want, b.Entries, protocmp.Transform(), ignored); diff != "" {
					t.Errorf("entries (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]uint32{0, 1}, b.Indexes); diff != "" || len(b.Rejected) > 0 {
					t.Errorf("indexes %v, rejected %v", b.Indexes, b.Rejected)
				}
			}
		})
	}
}

func gzipped(tb testing.TB, text string) string {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestBadEntries holds that a bad entry is named with what is wrong and what would be
// right, and spares the others.
func TestBadEntries(t *testing.T) {
	bad := []struct{ text, says, hint string }{
		{`{"mesage":"x"}`, "mesage", "message, attributes"},
		{`{"severity":"LOUD"}`, "LOUD", "TRACE, DEBUG"},
		{`{"severity_number":25}`, "25", "1 (TRACE) to 24"},
		{`{"timestamp":"yesterday"}`, "yesterday", "2006-01-02T15:04:05"},
		{`{"trace_id":"xyz"}`, "trace_id", "32 hexadecimal digits"},
		{`{"attributes":{"a":1}}`, "1", "attributes are text"},
		{`{"message":1}`, "message", "quotes"},
		{`"text"`, "object", "message"},
		{`null`, "object", "message"},
		{`{"message":"\ud800"}`, "", ""},
	}
	good := oneText
	var texts []string
	for _, b := range bad {
		texts = append(texts, good, b.text)
	}
	for contentType, text := range map[string]string{
		document: `{"entries":[` + strings.Join(texts, ",") + `]}`,
		lines:    strings.Join(texts, "\n"),
	} {
		b, err := body.Decode(strings.NewReader(text), contentType, "", inflate.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Entries) != len(bad) || len(b.Rejected) != len(bad) {
			t.Fatalf("%s: %d entries and %d rejected, want %d each", contentType, len(b.Entries), len(b.Rejected), len(bad))
		}
		for i, r := range b.Rejected {
			if b.Indexes[i] != uint32(2*i) || r.GetIndex() != uint32(2*i+1) {
				t.Errorf("%s: entry %d at %d, rejected at %d", contentType, i, b.Indexes[i], r.GetIndex())
			}
			if !strings.Contains(r.GetMessage(), bad[i].says) || !strings.Contains(r.GetMessage(), bad[i].hint) {
				t.Errorf("%s: %s: %q says neither %q nor %q", contentType, bad[i].text, r.GetMessage(), bad[i].says, bad[i].hint)
			}
		}
	}
}

// TestBadLine holds that a line which is no JSON at all spares the other lines.
func TestBadLine(t *testing.T) {
	b, err := body.Decode(strings.NewReader(oneText+"\n{\"message\":\n"+twoText), lines, "", inflate.Limits{})
	if err != nil || len(b.Entries) != 2 || len(b.Rejected) != 1 || b.Rejected[0].GetIndex() != 1 {
		t.Errorf("%v, %v", b, err)
	}
}

func TestBadBodies(t *testing.T) {
	large := oneText + strings.Repeat(" ", 300)
	small := inflate.Limits{Wire: 200, Decoded: 300}
	for name, c := range map[string]struct {
		text, contentType, encoding string
		want                        error
		says                        string
	}{
		"empty":            {"", document, "", body.ErrEmpty, "message"},
		"space":            {" \n", lines, "", body.ErrEmpty, "message"},
		"no entries":       {`{"entries":[]}`, document, "", body.ErrEmpty, "message"},
		"no field":         {`{}`, document, "", body.ErrEmpty, "message"},
		"empty array":      {`[]`, document, "", body.ErrEmpty, "message"},
		"unknown field":    {`{"logs":[]}`, document, "", body.ErrMalformed, `"logs"`},
		"one entry":        {oneText, document, "", body.ErrMalformed, "array"},
		"twice":            {`{"entries":[],"entries":[]}`, document, "", body.ErrMalformed, "repeated"},
		"no array":         {`{"entries":{}}`, document, "", body.ErrMalformed, "array"},
		"cut":              {`{"entries":[` + oneText, document, "", body.ErrMalformed, "byte"},
		"cut in an entry":  {`{"entries":[{"message`, document, "", body.ErrMalformed, "byte"},
		"comma":            {`[` + oneText + `,]`, document, "", body.ErrMalformed, "byte"},
		"trailing":         {`[` + oneText + `]]`, document, "", body.ErrMalformed, "follows"},
		"lines as JSON":    {`{"entries":[]}` + "\n{}", document, "", body.ErrMalformed, "ndjson"},
		"text":             {`hello`, document, "", body.ErrMalformed, ""},
		"number":           {`1`, document, "", body.ErrMalformed, "array"},
		"form":             {oneText, "application/x-www-form-urlencoded", "", body.ErrMediaType, "application/json"},
		"Latin-1":          {oneText, document + "; charset=latin1", "", body.ErrMediaType, "UTF-8"},
		"brotli":           {oneText, document, "br", inflate.ErrEncoding, "gzip"},
		"not gzip":         {oneText, document, "gzip", inflate.ErrDamaged, "gzip"},
		"cut gzip":         {gzipped(t, oneText)[:20], document, "gzip", inflate.ErrDamaged, "gzip"},
		"too large":        {large, lines, "", inflate.ErrTooLarge, "200"},
		"expands":          {gzipped(t, large), lines, "gzip", inflate.ErrTooLarge, "300"},
		"too many entries": {"[" + strings.Repeat("{},", body.MaxEntries) + "{}]", document, "", body.ErrTooMany, fmt.Sprint(body.MaxEntries)},
	} {
		t.Run(name, func(t *testing.T) {
			limits := inflate.Limits{}
			if errors.Is(c.want, inflate.ErrTooLarge) {
				limits = small
			}
			b, err := body.Decode(strings.NewReader(c.text), c.contentType, c.encoding, limits)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want %v that says %q", err, c.want, c.says)
			}
			if len(b.Entries) > 0 {
				t.Errorf("entries %v", b.Entries)
			}
		})
	}
}

func FuzzBody(f *testing.F) {
	f.Add(`{"entries":[`+oneText+`]}`, byte(0))
	f.Add(`[`+oneText+`,{"x":1}]`, byte(0))
	f.Add(oneText+"\n"+twoText, byte(1))
	f.Add(oneText+"\n{", byte(2))
	types := []string{document, lines, ""}
	f.Fuzz(func(t *testing.T, text string, form byte) {
		b, err := body.Decode(strings.NewReader(text), types[int(form)%len(types)], "", inflate.Limits{})
		if err != nil {
			if len(b.Entries)+len(b.Rejected) > 0 {
				t.Errorf("both entries and %v", err)
			}
			return
		}
		if len(b.Entries) != len(b.Indexes) || len(b.Entries)+len(b.Rejected) == 0 {
			t.Errorf("%d entries, %d indexes, %d rejected", len(b.Entries), len(b.Indexes), len(b.Rejected))
		}
		seen := make(map[uint32]bool)
		for _, i := range b.Indexes {
			seen[i] = true
		}
		for _, r := range b.Rejected {
			seen[r.GetIndex()] = true
			if r.GetMessage() == "" {
				t.Error("rejected without a reason")
			}
		}
		for i := range len(b.Entries) + len(b.Rejected) {
			if !seen[uint32(i)] {
				t.Errorf("nothing is said of entry %d", i)
			}
		}
	})
}
