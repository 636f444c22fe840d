package gateway_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

// answerOf decodes an answer.
func answerOf(t *testing.T, body string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return m
}

func TestWriteAndList(t *testing.T) {
	e := start(t, gateway.Config{})
	for _, c := range []struct{ contentType, body string }{
		{"application/json", `{"entries":[{"message":"one","attributes":{"k":"v"}},{"message":"two"}]}`},
		{"application/json", `[{"message":"three","severityNumber":17},{"message":"four"}]`},
		{"application/x-ndjson", "{\"message\":\"five\"}\n{\"message\":\"six\"}\n"},
	} {
		code, body := e.answer("POST", "/logs", c.body, "Content-Type", c.contentType)
		if m := answerOf(t, body); code != 200 || m["accepted"] != 2.0 || m["cursor"] == "" || len(m["rejected"].([]any)) != 0 {
			t.Errorf("%s: %d %s", c.body, code, body)
		}
	}
	code, body := e.answer("GET", "/logs?page_size=4&order=OLDEST_FIRST", "")
	m := answerOf(t, body)
	entries, _ := m["entries"].([]any)
	if code != 200 || len(entries) != 4 || entries[0].(map[string]any)["message"] != "one" {
		t.Fatalf("%d %s", code, body)
	}
	_, body = e.answer("GET", fmt.Sprintf("/logs?pageSize=4&order=OLDEST_FIRST&page_token=%s", m["next_page_token"]), "")
	if m = answerOf(t, body); len(m["entries"].([]any)) != 2 {
		t.Errorf("the second page is %s", body)
	}
	if _, body = e.answer("GET", "/logs?contains=nothing", ""); !strings.Contains(body, `"entries":[]`) {
		t.Errorf("an empty page is %s", body)
	}
	if _, body = e.answer("GET", "/logs?attributes[k]=v", ""); strings.Count(body, `"cursor"`) != 1 {
		t.Errorf("by attribute: %s", body)
	}
	if code, body = e.answer("GET", "/logs/fields", ""); code != 200 || !strings.Contains(body, `"attributes.k"`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestBadEntriesAreNamedAndTheGoodKept(t *testing.T) {
	e := start(t, gateway.Config{})
	code, body := e.answer("POST", "/logs",
		`[{"message":"good"},{"mesage":"bad"},{"message":"good"},{"message":"bad","trace_id":"xyz"}]`, "Content-Type", "application/json")
	m := answerOf(t, body)
	rejected, _ := m["rejected"].([]any)
	if code != 200 || m["accepted"] != 2.0 || len(rejected) != 2 {
		t.Fatalf("%d %s", code, body)
	}
	for i, want := range []struct {
		index float64
		says  string
	}{{1, "mesage"}, {3, "trace_id"}} {
		r := rejected[i].(map[string]any)
		if r["index"] != want.index || !strings.Contains(r["message"].(string), want.says) {
			t.Errorf("got %v, want %v", r, want)
		}
	}
}

func TestBodiesThatAreRefused(t *testing.T) {
	e := start(t, gateway.Config{BodySize: 2 << 20, DecodedSize: 4 << 20})
	var part bytes.Buffer
	z := gzip.NewWriter(&part)
	if _, err := z.Write(make([]byte, 16<<20)); err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	bomb := strings.Repeat(part.String(), 64) // gzip of a gigabyte, in 64 members
	for _, c := range []struct {
		name   string
		body   string
		header []string
		code   int
		says   string
	}{
		{"nothing", "", nil, 400, "no entry"},
		{"no entries", `{"entries":[]}`, nil, 400, "no entry"},
		{"malformed", `{"entries":[`, nil, 400, "malformed"},
		{"all bad", `[{"severity":"LOUD"}]`, nil, 400, "LOUD"},
		{"a form", "message=hello", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "application/json"},
		{"brotli", "x", []string{"Content-Encoding", "br"}, 415, "gzip"},
		{"too long", `[{"message":"` + strings.Repeat("x", 10<<20) + `"}]`, nil, 413, "2097152"},
		{"not gzip", "x", []string{"Content-Encoding", "gzip"}, 400, "gzip"},
		{"a bomb", bomb, []string{"Content-Encoding", "gzip"}, 413, "4194304"},
	} {
		header := append([]string{"Content-Type", "application/json"}, c.header...)
		code, body := e.answer("POST", "/logs", c.body, header...)
		if m := answerOf(t, body); code != c.code || m["code"] == nil || !strings.Contains(m["message"].(string), c.says) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, code, body, c.code, c.says)
		}
	}
	if code, body := e.answer("POST", "/logs?x=1", `[{"message":"a"}]`); code != 400 {
		t.Errorf("a parameter: %d %s", code, body)
	}
}

// What comes in as one body goes to the service in messages that it takes.
func TestBodyLongerThanAMessage(t *testing.T) {
	e := start(t, gateway.Config{})
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	for i := range 10_000 {
		fmt.Fprintf(z, `{"message":"%d %s"}`+"\n", i, strings.Repeat("x", 1000))
		if i == 500 {
			fmt.Fprintf(z, `{"message":"%s"}`+"\n", strings.Repeat("y", 5<<20))
		}
	}
	_ = z.Close()
	code, body := e.answer("POST", "/logs", text.String(), "Content-Type", "application/x-ndjson", "Content-Encoding", "gzip")
	m := answerOf(t, body)
	rejected, _ := m["rejected"].([]any)
	if code != 200 || m["accepted"] != 10_000.0 || len(rejected) != 1 || rejected[0].(map[string]any)["index"] != 501.0 {
		t.Fatalf("%d %s", code, body)
	}
}

// What is too long to be passed on to the service is left out, on every way there.
func TestLongHeaders(t *testing.T) {
	e := start(t, gateway.Config{})
	for _, name := range []string{"User-Agent", "Traceparent", "Tracestate"} {
		long := strings.Repeat("x", 20<<10)
		if code, body := e.answer("POST", "/logs", `[{"message":"a"}]`, name, long); code != 200 {
			t.Errorf("writing with a long %s: %d %s", name, code, body)
		}
		if code, body := e.answer("GET", "/logs", "", name, long); code != 200 {
			t.Errorf("listing with a long %s: %d %s", name, code, body)
		}
		resp := e.do("GET", "/logs/tail?last=1", "", name, long)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("a stream with a long %s: %s", name, resp.Status)
		}
		s := e.dial("/logs/monitor?last=1", name, long)
		if _, message, err := s.ReadMessage(); err != nil || !strings.Contains(string(message), `"message":"a"`) {
			t.Errorf("a WebSocket with a long %s: %s %v", name, message, err)
		}
		_ = s.Close()
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.url+"/logs", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = strings.Repeat("x", 20<<10) + ".localhost"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("a long Host: %s", resp.Status)
	}
}

func TestPathsAndMethods(t *testing.T) {
	docs := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "docs of "+r.URL.Path) })
	e := start(t, gateway.Config{}, gateway.Mount{Pattern: "/docs/*", Handler: docs},
		gateway.Mount{Pattern: "/assets/*", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("on purpose") })})
	for _, c := range []struct {
		method, path string
		code         int
		says         string
	}{
		{"GET", "/livez", 200, "ok"},
		{"GET", "/readyz", 200, "ok"},
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/docs/x", 200, "docs of /docs/x"},
		{"GET", "/nowhere", 404, "/nowhere"},
		{"GET", "/logs/nothing", 404, "/logs/monitor"},
		{"DELETE", "/logs", 405, "GET, POST"},
		{"POST", "/logs/tail", 405, "GET"},
		{"POST", "/logs/monitor", 405, "GET"},
		{"GET", "/assets/panics", 500, "its log says why"},
	} {
		code, body := e.answer(c.method, c.path, "")
		if code != c.code || !strings.Contains(body, c.says) {
			t.Errorf("%s %s: %d %s, want %d and %q", c.method, c.path, code, body, c.code, c.says)
		}
		if code >= 400 {
			if m := answerOf(t, body); m["code"] == nil || m["message"] == "" {
				t.Errorf("%s %s: %s", c.method, c.path, body)
			}
		}
	}
	if log := e.log.String(); !strings.Contains(log, "on purpose") {
		t.Errorf("the panic is not in the log: %s", log)
	}
	// What a form or a header asks for in place of the method is not listened to.
	if code, body := e.answer("POST", "/logs/tail", "last=1", "Content-Type", "application/x-www-form-urlencoded"); code != 405 {
		t.Errorf("a form: %d %s", code, body)
	}
	if code, body := e.answer("GET", "/logs/tail", `{"last":1}`); code != 400 || !strings.Contains(body, "no body") {
		t.Errorf("a body: %d %s", code, body)
	}
	resp := e.do("DELETE", "/logs", "")
	_ = resp.Body.Close()
	if allow := resp.Header.Get("Allow"); allow != "GET, POST" {
		t.Errorf("Allow: %q", allow)
	}
}

func TestOrigins(t *testing.T) {
	e := start(t, gateway.Config{Web: door.WebConfig{Origins: []string{"https://logs.example.org"}}})
	for origin, want := range map[string]int{
		"":                              101,
		e.url:                           101,
		"https://logs.example.org":      101,
		"https://evil.example.org":      403,
		"null":                          403,
		"http://127.0.0.1":              403,
		"https://logs.example.org.evil": 403,
	} {
		header := []string{}
		if origin != "" {
			header = []string{"Origin", origin}
		}
		_, resp, err := e.tryDial("/logs/monitor", header...)
		if resp == nil || resp.StatusCode != want {
			t.Errorf("a socket from %q: %v, %v, want %d", origin, resp, err, want)
		}
		if want == 101 {
			want = 200
		}
		code, body := e.answer("POST", "/logs", `[{"message":"a"}]`, append(header, "Content-Type", "application/json")...)
		if code != want {
			t.Errorf("a write from %q: %d %s, want %d", origin, code, body, want)
		}
	}
}

func TestHandshakesThatAreRefused(t *testing.T) {
	e := start(t, gateway.Config{})
	upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket"}
	key := []string{"Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg=="}
	version := []string{"Sec-WebSocket-Version", "13"}
	for _, c := range []struct {
		name, path string
		header     [][]string
		code       int
		says       string
	}{
		{"no version", "/logs/monitor", [][]string{upgrade, key}, 426, "13"},
		{"no key", "/logs/monitor", [][]string{upgrade, version}, 400, "Sec-WebSocket-Key"},
		{"short key", "/logs/monitor", [][]string{upgrade, version, {"Sec-WebSocket-Key", "AAAA"}}, 400, "16"},
		{"wrong parameter", "/logs/monitor?qury=a", [][]string{upgrade, version, key}, 400, "did you mean query?"},
		// The stock proxy takes these two for its own.
		{"method", "/logs/monitor?method=DELETE", [][]string{upgrade, version, key}, 400, "method"},
		{"no name", "/logs/monitor?=DELETE", [][]string{upgrade, version, key}, 400, "no parameter"},
		{"elsewhere", "/logs/nowhere", [][]string{upgrade, version, key}, 404, "/logs/nowhere"},
	} {
		var header []string
		for _, h := range c.header {
			header = append(header, h...)
		}
		code, body := e.answer("GET", c.path, "", header...)
		if code != c.code || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, code, body, c.code, c.says)
		}
	}
}
