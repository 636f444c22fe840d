package app

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// deadlined is a response that keeps the deadline that it is given.
type deadlined struct {
	http.ResponseWriter

	read time.Time
}

func (d *deadlined) SetReadDeadline(t time.Time) error {
	d.read = t
	return nil
}

func TestLimitBody(t *testing.T) {
	handler := limitBody(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for name, test := range map[string]struct {
		request *http.Request
		limited bool
	}{
		"a stream":               {httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/logs/tail", http.NoBody), false},
		"a body":                 {httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/logs", strings.NewReader("{}")), true},
		"of unknown length":      {httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/logs", http.MaxBytesReader(nil, http.NoBody, 1)), true},
		"one that is not needed": {httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/livez", strings.NewReader("{}")), true},
	} {
		w := &deadlined{ResponseWriter: httptest.NewRecorder()}
		handler.ServeHTTP(w, test.request)
		if limited := !w.read.IsZero(); limited != test.limited {
			t.Errorf("%s: a deadline is %v, want %v", name, limited, test.limited)
		}
	}
}

// What a client does not take of its answer is given up: it would hold it for ever.
func TestLimitAnswer(t *testing.T) {
	ended := make(chan error, 1)
	server := httptest.NewServer(limitAnswer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for block := make([]byte, 64<<10); err == nil; {
			_, err = w.Write(block)
		}
		ended <- err
	}), 10*time.Millisecond))
	defer server.Close()
	client, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the answer ends with %v", err)
	}
}
