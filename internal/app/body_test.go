package app

import (
	"net/http"
	"net/http/httptest"
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
