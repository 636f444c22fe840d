package soak

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// state is what a server holds.
type state struct {
	goroutines int
	heap       float64 // bytes in use, after a collection
}

// look returns what a server holds now.
func look(t *testing.T, s *server.Server) state {
	t.Helper()
	get(t, "http://"+s.Admin+"/debug/pprof/heap?gc=1")
	return state{s.Goroutines(t), s.Metric(t, "go_memstats_heap_inuse_bytes")}
}

// settled returns what a server holds once it has stopped letting go. The HTTP edge makes
// its connection to the gRPC server when it is first asked for something, and keeps it.
func settled(t *testing.T, s *server.Server) state {
	t.Helper()
	get(t, "http://"+s.HTTP+"/logs?page_size=1")
	before := look(t, s)
	for range 20 {
		time.Sleep(50 * time.Millisecond) // another process: there is nothing to wait for
		now := look(t, s)
		if now.goroutines >= before.goroutines {
			return before
		}
		before = now
	}
	return before
}

// returnTime is how long a server may take to let go of what has ended: a second, as
// promised, where the long run has the machine to itself.
func returnTime() time.Duration { return scale(patience, time.Second) }

// settleTime is how long a collection and the connections that the measuring itself has
// made may take to go.
const settleTime = 5 * time.Second

// excess returns how many goroutines a server has more than before, once it has had time
// to let go of what has ended. All clients must have ended.
func excess(t *testing.T, s *server.Server, before state) int {
	t.Helper()
	more := 0
	for deadline := time.Now().Add(max(returnTime(), settleTime)); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) { // another process
		if more = look(t, s).goroutines - before.goroutines; more <= 0 {
			return 0
		}
	}
	t.Logf("the server has %d goroutines more than before, of these:\n%s", more, get(t, "http://"+s.Admin+"/debug/pprof/goroutine?debug=1"))
	return more
}

// rested returns how much memory a server has by some measure once it has come to rest. Two
// collections have to pass before what pools hold is free, and what is under way when the last
// write is acknowledged takes as much again: of a hundred stalled WebSockets 1.3 to 1.7 MiB
// each, and 0.8 a second later.
func rested(t *testing.T, s *server.Server, measure func(*testing.T, *server.Server) float64) (bytes float64) {
	t.Helper()
	bytes = measure(t, s)
	for range 5 {
		time.Sleep(200 * time.Millisecond) // another process: there is nothing to wait for
		bytes = min(bytes, measure(t, s))
	}
	return bytes
}

func heapInUse(t *testing.T, s *server.Server) float64 {
	t.Helper()
	return look(t, s).heap
}

func mib(bytes float64) string { return fmt.Sprintf("%.2f MiB", bytes/(1<<20)) }

// get returns what a server has at an address.
func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, url, http.NoBody)
	must(t, err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	text, err := io.ReadAll(response.Body)
	must(t, err)
	must(t, response.Body.Close())
	return string(text)
}
