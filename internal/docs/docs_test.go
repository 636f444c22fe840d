package docs

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/openapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// answer is a response that has been read.
type answer struct {
	code   int
	header http.Header
	url    *url.URL // after redirects
	body   []byte
}

func get(t *testing.T, server *httptest.Server, path string, header http.Header) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, resp.Request.URL, body}
}

func TestDocumentsAreServedAsTheyAre(t *testing.T) {
	server := serve(t)
	for path, want := range map[string][]byte{
		"/openapi.yaml": openapi.YAML, "/openapi.json": openapi.JSON, "/asyncapi.yaml": openapi.AsyncYAML,
	} {
		got := get(t, server, path, nil)
		if got.code != http.StatusOK || !bytes.Equal(got.body, want) {
			t.Errorf("%s: %d, %d bytes, want %d", path, got.code, len(got.body), len(want))
		}
		again := get(t, server, path, http.Header{"If-None-Match": {got.header.Get("Etag")}})
		if again.code != http.StatusNotModified {
			t.Errorf("%s, asked again: %d", path, again.code)
		}
	}
}

var reference = regexp.MustCompile(`(?:href|src|url:) ?=?["' ]+([^"'#]+)["']`)

// Everything that a page refers to is served here, and nothing is inline.
func TestPagesAreWhole(t *testing.T) {
	server := serve(t)
	found := 0
	for _, page := range []string{"/docs", "/docs/websocket", "/docs/swagger.js"} {
		got := get(t, server, page, nil)
		if got.code != http.StatusOK {
			t.Fatalf("%s: %d", page, got.code)
		}
		base := got.url
		if page == "/docs/swagger.js" {
			base = base.JoinPath("../../docs") // a script's addresses are relative to the page
		}
		for _, m := range reference.FindAllSubmatch(got.body, -1) {
			target, err := base.Parse(string(m[1]))
			if err != nil {
				t.Fatal(err)
			}
			if target.Host != base.Host {
				t.Errorf("%s refers to another site: %s", page, target)
				continue
			}
			found++
			if code := get(t, server, target.Path, nil).code; code != http.StatusOK {
				t.Errorf("%s refers to %s: %d", page, target.Path, code)
			}
		}
		for _, inline := range []string{"<style", "style=", "onclick", "<script>", "javascript:"} {
			if strings.Contains(string(got.body), inline) {
				t.Errorf("%s has %s in it, which its policy forbids", page, inline)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d references: are they found?", found)
	}
}

func TestHeaders(t *testing.T) {
	server := serve(t)
	for path, mediaType := range map[string]string{
		"/docs": "text/html; charset=utf-8", "/docs/swagger.js": "text/javascript; charset=utf-8", "/docs/style.css": "text/css; charset=utf-8",
		"/openapi.yaml": "application/yaml", "/openapi.json": "application/json",
	} {
		header := get(t, server, path, nil).header
		if got := header.Get("Content-Type"); got != mediaType {
			t.Errorf("%s is %q, want %q", path, got, mediaType)
		}
		if got := header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; ") || strings.Contains(got, "unsafe") {
			t.Errorf("%s has the policy %q", path, got)
		}
		if got := header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options: %q", path, got)
		}
	}
}

func TestNoOtherPaths(t *testing.T) {
	server := serve(t)
	for _, path := range []string{"/docs/none", "/docs/swagger-initializer.js", "/docs/swagger-ui-bundle.js.map", "/docs/../secret"} {
		if code := get(t, server, path, nil).code; code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
	if got := get(t, server, "/docs/", nil); got.code != http.StatusOK || got.url.Path != "/docs" {
		t.Errorf("/docs/ leads to %s: %d", got.url, got.code)
	}
}

func TestWebSocketPageTellsEverything(t *testing.T) {
	page, err := websocketPage(openapi.AsyncYAML)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<h1>logsieve, the WebSocket`, `<code>/logs/monitor</code>`, `<td>1009</td>`,
		`<h3>A filter</h3>`, `<a href="#LogFilter">LogFilter</a>`, `id="LogFilter"`, `<code>after_cursor</code>`,
		`<td>list of string</td>`, `<td>map of string</td>`, `<a href="#Severity">Severity</a>`, `&#34;min_severity&#34;: &#34;WARN&#34;`,
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllSubmatch(page, -1) {
		if !bytes.Contains(page, []byte(`id="`+string(m[1])+`"`)) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
}

func TestMarkdown(t *testing.T) {
	got := string(markdown("One `<b>` & two.\n\n- a\n- `b`\n\n| x | y |\n|---|---|\n| 1 | <i> |"))
	want := "<p>One <code>&lt;b&gt;</code> &amp; two.</p>\n<ul>\n<li>a</li>\n<li><code>b</code></li>\n</ul>\n" +
		"<table>\n<tr><th>x</th><th>y</th></tr>\n<tr><td>1</td><td>&lt;i&gt;</td></tr>\n</table>\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBrokenDocument(t *testing.T) {
	if _, err := websocketPage([]byte("info: [")); err == nil {
		t.Error("no error")
	}
}
