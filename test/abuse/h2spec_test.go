package abuse

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// conformance is a run of h2spec against an address.
type conformance struct {
	// library is what answers there. The deviations that are known to be its own are in
	// testdata/h2spec-LIBRARY.txt, one a line.
	library string
	address func(s *server.Server) string
	// path is what is asked for.
	path string
}

// TestConformance has h2spec, a suite of about 150 malformed and unusual conversations, speak
// with both HTTP/2 servers. What they do otherwise than RFC 7540 says must be known.
func TestConformance(t *testing.T) {
	if !*long {
		t.Skip("h2spec waits for a minute for what does not come: run it with -abuse")
	}
	tool, err := exec.LookPath("h2spec")
	must(t, err)
	for i, c := range []conformance{
		{"grpc-go", toGRPC, "/logger.v1.Logger/ListEntries"},
		{"net-http", toHTTP, "/livez"},
	} {
		t.Run(c.library, func(t *testing.T) {
			settings, trust := encrypted(t)
			attack{
				order: 11 + i, name: "h2spec against " + c.library, expected: "no deviation but those known",
				settings: settings, trust: trust,
				run: func(t *testing.T, s *server.Server) (string, string) {
					t.Helper()
					return c.run(t, tool, s)
				},
			}.launch(t)
		})
	}
}

func (c conformance) run(t *testing.T, tool string, s *server.Server) (tries, got string) {
	t.Helper()
	results := filepath.Join(t.TempDir(), "results.xml")
	host, port, err := net.SplitHostPort(c.address(s))
	must(t, err)
	out, err := exec.CommandContext(t.Context(), tool, "--tls", "--insecure", "--timeout", "3",
		"--host", host, "--port", port, "--path", c.path, "--junit-report", results).CombinedOutput()
	if failed, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatalf("h2spec: %v\n%s", failed, out)
	}
	cases, deviations := readResults(t, results)
	known := c.known(t)
	for _, d := range deviations {
		if !slices.Contains(known, d) {
			t.Errorf("%s deviates: %s", c.library, d)
		}
	}
	return fmt.Sprint(cases), fmt.Sprintf("%d as it should be, %d known deviations", cases-len(deviations), len(deviations))
}

// known returns the deviations that are the library's own.
func (c conformance) known(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "h2spec-"+c.library+".txt"))
	must(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// readResults returns how many cases there were, and those that failed.
func readResults(t *testing.T, path string) (cases int, failed []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	var report struct {
		Suites []struct {
			Cases []struct {
				Package string  `xml:"package,attr"`
				Name    string  `xml:"classname,attr"`
				Error   *string `xml:"error"`
				Failure *string `xml:"failure"`
				Skipped *string `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	must(t, xml.Unmarshal(text, &report))
	for _, suite := range report.Suites {
		for _, c := range suite.Cases {
			if c.Skipped != nil {
				continue
			}
			cases++
			if c.Error != nil || c.Failure != nil {
				failed = append(failed, c.Package+": "+c.Name)
			}
		}
	}
	return cases, failed
}
