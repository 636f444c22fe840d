package gateway_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

// lines reads a response line by line.
func lines(resp *http.Response) func() string {
	r := bufio.NewReader(resp.Body)
	return func() string {
		s, err := r.ReadString('\n')
		if err != nil {
			return "END: " + err.Error()
		}
		return strings.TrimSuffix(s, "\n")
	}
}

func TestTailIsLinesOfJSON(t *testing.T) {
	e := start(t, gateway.Config{})
	e.write("one", "two", "three")
	for _, path := range []string{"/logs/tail?last=2", "/logs/monitor?last=2"} {
		resp := e.do("GET", path, "")
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/x-ndjson" ||
			resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("X-Accel-Buffering") != "no" {
			t.Fatalf("%s: %s %v", path, resp.Status, resp.Header)
		}
		next := lines(resp)
		for _, want := range []string{"two", "three"} {
			if m := parse(t, []byte(next())); m.Result.Message != want {
				t.Errorf("%s: got %+v, want %q", path, m, want)
			}
		}
		_ = resp.Body.Close()
	}
}

func TestTailAnswersBeforeTheFirstEntry(t *testing.T) {
	e := start(t, gateway.Config{})
	resp := e.do("GET", "/logs/tail", "") // would not return: there is no entry
	defer resp.Body.Close()
	e.write("first")
	if m := parse(t, []byte(lines(resp)())); m.Result.Message != "first" {
		t.Errorf("got %+v", m)
	}
}

func TestEventsHaveAnIDAndResumeBehindIt(t *testing.T) {
	e := start(t, gateway.Config{})
	e.write("one", "two", "three")
	resp := e.do("GET", "/logs/tail?last=3", "", "Accept", "text/event-stream")
	next := lines(resp)
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatalf("content type %s", ct)
	}
	id, data := next(), next()
	_ = resp.Body.Close()
	var event struct {
		Result struct{ Cursor, Message string }
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &event); err != nil {
		t.Fatalf("%v in %q", err, data)
	}
	if event.Result.Message != "one" || id != "id: "+event.Result.Cursor {
		t.Fatalf("got %q and %q", id, data)
	}
	// A browser repeats the request as it was, with the id.
	resp = e.do("GET", "/logs/tail?last=3", "", "Accept", "text/event-stream", "Last-Event-ID", event.Result.Cursor)
	defer resp.Body.Close()
	next = lines(resp)
	next()
	if data := next(); !strings.Contains(data, `"two"`) {
		t.Errorf("after the first event came %q, want two", data)
	}
}

func TestWrongFilterOfATailIsAStatus(t *testing.T) {
	e := start(t, gateway.Config{})
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/logs/tail?query=%28", []string{`"code":3`, "INVALID_QUERY"}},
		{"/logs/tail?regex=%28", []string{`"code":3`}},
		{"/logs/tail?after_cursor=x", []string{"INVALID_CURSOR"}},
		{"/logs/tail?min_severty=ERROR", []string{"min_severty", "did you mean min_severity?"}},
		{"/logs/tail?min_severity=LOUD", []string{"LOUD", "TRACE, DEBUG, INFO, WARN, ERROR, FATAL"}},
		{"/logs/tail?last=5&since=2026-01-01T00:00:00Z", []string{"only one of"}},
		{"/logs/tail?last=many", []string{"last", "number"}},
		{"/logs?page_size=-1", []string{"page_size", "number"}},
		{"/logs?pagesize=1", []string{"did you mean page_size?"}},
		{"/logs?since=yesterday", []string{"2026-01-31T12:00:00Z"}},
		{"/logs?attributes=x", []string{"needs a key"}},
		{"/logs?query=a%zz", []string{"escape"}},
	} {
		code, body := e.answer("GET", c.path, "")
		for _, want := range c.want {
			if code != 400 || !strings.Contains(strings.ReplaceAll(body, `": `, `":`), want) {
				t.Errorf("%s: %d %s, want 400 and %q", c.path, code, body, want)
			}
		}
	}
}
