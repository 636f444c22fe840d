package server

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Metric returns the value of a metric that has no labels.
func (s *Server) Metric(tb testing.TB, name string) float64 {
	tb.Helper()
	// Cleanup asks, too, when the test's own context has ended.
	request, err := http.NewRequestWithContext(context.WithoutCancel(tb.Context()), http.MethodGet, "http://"+s.Admin+"/metrics", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return value
		}
	}
	tb.Fatalf("there is no metric %s", name)
	return 0
}

// PeakMemory returns the most memory that the process has had resident since
// ResetPeakMemory, in bytes.
func (s *Server) PeakMemory(tb testing.TB) int64 {
	tb.Helper()
	status, err := os.ReadFile(s.proc("status"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	tb.Fatalf("no peak of memory in\n%s", status)
	return 0
}

// ResetPeakMemory makes the memory that is resident now the peak.
func (s *Server) ResetPeakMemory(tb testing.TB) {
	tb.Helper()
	f, err := os.OpenFile(s.proc("clear_refs"), os.O_WRONLY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // the write has told
	if _, err := f.WriteString("5"); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) proc(file string) string { return fmt.Sprintf("/proc/%d/%s", s.PID(), file) }
