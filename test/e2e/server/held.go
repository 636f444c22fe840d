package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Goroutines counts the server's goroutines, but for those that the runtime starts for
// itself when it needs them, and which the metric counts as well.
func (s *Server) Goroutines(tb testing.TB) (n int) {
	tb.Helper()
	for stack := range strings.SplitSeq(s.goroutines(tb), "\n\n") {
		var count int
		if i := strings.Index(stack, " @ "); i >= 0 {
			_, _ = fmt.Sscan(stack[strings.LastIndexByte(stack[:i], '\n')+1:i], &count) // 0 if it is none
		}
		frames := strings.Split(stack, "\n#\t")[1:]
		if slices.ContainsFunc(frames, func(frame string) bool { return !strings.Contains(frame, "\truntime.") }) {
			n += count
		}
	}
	return n
}

// Metrics returns all metrics, as text.
func (s *Server) Metrics(tb testing.TB) string {
	tb.Helper()
	return s.get(tb, "http://"+s.Admin+"/metrics")
}

func (s *Server) goroutines(tb testing.TB) string {
	tb.Helper()
	return s.get(tb, "http://"+s.Admin+"/debug/pprof/goroutine?debug=1")
}

// SettledGoroutines counts them once the server has stopped letting go of what has ended.
func (s *Server) SettledGoroutines(tb testing.TB) int {
	tb.Helper()
	before := s.Goroutines(tb)
	for range 20 {
		time.Sleep(50 * time.Millisecond) // another process: there is nothing to wait for
		now := s.Goroutines(tb)
		if now >= before {
			return before
		}
		before = now
	}
	return before
}

// ReturnTime is how long a server may take to let go of what has ended.
const ReturnTime = 5 * time.Second

// LeakedGoroutines returns how many goroutines the server has more than before, once it
// has had the time to let go of what has ended: 0 as soon as there are no more.
func (s *Server) LeakedGoroutines(tb testing.TB, before int) int {
	tb.Helper()
	more := 0
	for deadline := time.Now().Add(ReturnTime); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) { // another process
		if more = s.Goroutines(tb) - before; more <= 0 {
			return 0
		}
	}
	const most = 8000
	all := s.goroutines(tb)
	tb.Logf("the server has %d goroutines more than before, of these:\n%s", more, all[:min(len(all), most)])
	return more
}

// get returns what the server has at an address.
func (s *Server) get(tb testing.TB, url string) string {
	tb.Helper()
	// Cleanup asks, too, when the test's own context has ended.
	request, err := http.NewRequestWithContext(context.WithoutCancel(tb.Context()), http.MethodGet, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}
