package asset

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var text = strings.Repeat("the same again, ", 100)

func zipped(t *testing.T) *Asset {
	t.Helper()
	a, err := NewZipped("text/plain", AskEachTime, compress([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func ask(a *Asset, method string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "/", http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, r *http.Response) string {
	t.Helper()
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEncodings(t *testing.T) {
	for name, a := range map[string]*Asset{"plain": New("text/plain", Forever, []byte(text)), "zipped": zipped(t)} {
		for accept, want := range map[string]string{
			"gzip, deflate, br": "gzip", "br;q=1.0, gzip;q=0.5": "gzip", "*": "gzip", "": "", "br": "", "gzip;q=0": "",
		} {
			r := ask(a, http.MethodGet, "Accept-Encoding", accept)
			if got := r.Header.Get("Content-Encoding"); got != want {
				t.Errorf("%s: %q was answered with %q", name, accept, got)
			}
			if read(t, r) != text {
				t.Errorf("%s: %q was answered with something else", name, accept)
			}
		}
	}
}

func TestWhatDoesNotShrinkIsNotCompressed(t *testing.T) {
	r := ask(New("text/plain", Forever, []byte("a")), http.MethodGet, "Accept-Encoding", "gzip")
	if got := r.Header.Get("Content-Encoding"); got != "" {
		t.Errorf("answered with %q", got)
	}
}

func TestUnchangedIsNotSentAgain(t *testing.T) {
	a := New("text/plain", Forever, []byte(text))
	tag := ask(a, http.MethodGet).Header.Get("Etag")
	for list, want := range map[string]int{
		tag: http.StatusNotModified, "W/" + tag: http.StatusNotModified, `"x", ` + tag: http.StatusNotModified, "*": http.StatusNotModified,
		`"x"`: http.StatusOK,
	} {
		if r := ask(a, http.MethodGet, "If-None-Match", list); r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", list, r.StatusCode, want)
		}
	}
	if ask(a, http.MethodGet, "Accept-Encoding", "gzip").Header.Get("Etag") == tag {
		t.Error("two encodings share a tag")
	}
}

func TestMethods(t *testing.T) {
	for _, a := range []*Asset{New("text/plain", Forever, []byte(text)), zipped(t)} {
		r := ask(a, http.MethodHead)
		if r.StatusCode != http.StatusOK || read(t, r) != "" || r.Header.Get("Content-Type") != "text/plain" {
			t.Errorf("HEAD: status %d, header %v", r.StatusCode, r.Header)
		}
		if r := ask(a, http.MethodPost); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST: status %d, header %v", r.StatusCode, r.Header)
		}
	}
}

func TestNotGzip(t *testing.T) {
	whole := compress([]byte(text))
	for name, content := range map[string][]byte{"text": []byte(text), "cut off": whole[:len(whole)-4], "empty": nil} {
		if _, err := NewZipped("text/plain", Forever, bytes.Clone(content)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
