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

// answerTimeout is how long a request may take in all, its body and its answer: the largest
// answer is of some 4 MiB, as long in coming as the largest body. Without it a client that
// asks for as much and takes nothing holds the answer, and its connection, for ever.
const answerTimeout = 2 * bodyTimeout

// limitAnswer gives each request so much time. Streams and WebSockets have deadlines of
// their own, which they set before they write and take away again.
func limitAnswer(next http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// For an error see limitBody.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(within))
		next.ServeHTTP(w, r)
	})
}
