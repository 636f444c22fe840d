package app

import (
	"net/http"
	"time"
)

// bodyTimeout is how long the body of a request may take to come: 4 MiB over half a megabit a
// second. Without it a client that sends a byte a minute holds a connection for ever.
const bodyTimeout = time.Minute

// limitBody gives the body of each request bodyTimeout, also one that nobody reads: net/http
// reads what is left of it before it answers, and would wait as long as it takes. It is not
// the ReadTimeout of the server, which would end streams: those have no body.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// An error means that the connection has none, and then nobody is slow.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		next.ServeHTTP(w, r)
	})
}
