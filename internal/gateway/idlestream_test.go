package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

// A stream on which nothing happens for longer than a write may take goes on, also over
// HTTP/2, where a deadline that passes ends the stream whether it is written to or not.
func TestIdleStreamOutlivesTheTimeOfAWrite(t *testing.T) {
	const timeout = 50 * time.Millisecond
	e := start(t, gateway.Config{WriteTimeout: timeout, PingInterval: time.Hour})
	web := httptest.NewUnstartedServer(e.gateway.Handler())
	web.EnableHTTP2 = true
	web.StartTLS()
	t.Cleanup(web.Close)
	for _, accept := range []string{"application/x-ndjson", "text/event-stream"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+"/logs/tail", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		resp, err := web.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.ProtoMajor != 2 {
			t.Fatalf("the stream is one of %s", resp.Proto)
		}
		// Nothing tells that a time-out has not happened, but time.
		<-time.After(3 * timeout)
		e.write("late")
		if line := lines(resp)(); strings.HasPrefix(line, "END") {
			t.Errorf("%s: the stream is over: %s", accept, line)
		}
		_ = resp.Body.Close()
	}
}
