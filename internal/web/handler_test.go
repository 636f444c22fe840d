package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPageForbidsWhatItDoesNotNeed(t *testing.T) {
	r := get(t, "/")
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("got %d %q", r.StatusCode, r.Header.Get("Content-Type"))
	}
	policy := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy has no %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy allows too much: %s", policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// reference finds what a file of the page names: parts beside it and of the page.
var reference = regexp.MustCompile(`(?:\./|assets/)([A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\.(?:js|css|svg))`)

func TestEveryPartThatIsNamedExists(t *testing.T) {
	seen := map[string]bool{"/": true}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		r := get(t, queue[0])
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", queue[0], r.StatusCode)
			continue
		}
		if queue[0] != "/" && !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept: %q", queue[0], r.Header.Get("Cache-Control"))
		}
		for _, m := range reference.FindAllStringSubmatch(body(t, r.Body), -1) {
			if part := "/assets/" + m[1]; !seen[part] {
				seen[part] = true
				queue = append(queue, part)
			}
		}
	}
	const least = 5 // the page, its script, its style, the editor and the chart
	if len(seen) < least {
		t.Errorf("only %d parts were found: %v", len(seen), seen)
	}
}

func TestPageHasNothingInline(t *testing.T) {
	page := body(t, get(t, "/").Body)
	for _, bad := range []string{"<style", "style=", "onload=", "javascript:", "http://", "https://"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q in it", bad)
		}
	}
	if inline := regexp.MustCompile(`<script[^>]*>[^<]`).FindString(page); inline != "" {
		t.Errorf("the page has an inline script: %s", inline)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/index.html", "/assets/", "/assets/nothing.js", "/dist/index.html", "/assets/../index.html", "/favicon.ico"} {
		if r := get(t, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}
