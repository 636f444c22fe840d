package abuse

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestHostileLinesIntact holds that what is hostile comes out as it went in, where it is data:
// over gRPC and as JSON.
func TestHostileLinesIntact(t *testing.T) {
	attack{
		order: 81, name: "hostile lines through gRPC and JSON", expected: "as they were written",
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			entries := scale(1_000, 20_000)
			logger, m := loggerv1.NewLoggerClient(connectTo(t, s.GRPC)), newMalice(3)
			var want []string
			for len(want) < entries {
				batch := &loggerv1.WriteEntriesRequest{}
				for range 500 {
					batch.Entries = append(batch.Entries, &loggerv1.LogEntry{Service: "intact", Message: m.text(8)})
					want = append(want, batch.GetEntries()[len(batch.GetEntries())-1].GetMessage())
				}
				_, err := logger.WriteEntries(t.Context(), batch)
				must(t, err)
			}
			var native []string
			request := &loggerv1.ListEntriesRequest{Services: []string{"intact"}, Order: loggerv1.Order_OLDEST_FIRST, PageSize: 5_000}
			for {
				page, err := logger.ListEntries(t.Context(), request)
				must(t, err)
				for _, e := range page.GetEntries() {
					native = append(native, e.GetMessage())
				}
				if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
					break
				}
			}
			if diff := cmp.Diff(want, native); diff != "" {
				t.Errorf("over gRPC (-written +read):\n%.2000s", diff)
			}
			if diff := cmp.Diff(want[len(want)-500:], tailJSON(t, s, 500)); diff != "" {
				t.Errorf("as JSON (-written +read):\n%.2000s", diff)
			}
			return fmt.Sprint(len(want)), "as they were written"
		},
	}.launch(t)
}

// tailJSON returns the messages of the last entries, oldest first, as the JSON interface has
// them.
func tailJSON(t *testing.T, s *server.Server, last int) (messages []string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s/logs/tail?services=intact&last=%d", s.HTTP, last), http.NoBody)
	must(t, err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close() //nolint:errcheck // it is not read to its end
	for lines := json.NewDecoder(response.Body); len(messages) < last; {
		var frame struct{ Result struct{ Message string } }
		must(t, lines.Decode(&frame))
		messages = append(messages, frame.Result.Message)
	}
	return messages
}

// TestEndlessLine sends a megabyte without a line end.
func TestEndlessLine(t *testing.T) {
	const size, kept = 1 << 20, 256 << 10 // ingest.entry_size, as it comes
	attack{
		order: 82, name: "1 MB without a line end", expected: "cut to 256 KiB, and the entry says so",
		growth: 128 << 20, // the ring of recent entries fills
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			tries := scale(2, 100)
			command := exec.CommandContext(t.Context(), server.Plain.Path(t), "send", "--server", s.GRPC, "--service", "endless")
			command.Stdin = strings.NewReader(strings.Repeat(strings.Repeat("x", size)+"\n", tries))
			if out, err := command.CombinedOutput(); err != nil {
				t.Fatalf("logsieve send: %v\n%s", err, out)
			}
			page, err := loggerv1.NewLoggerClient(connectTo(t, s.GRPC)).ListEntries(t.Context(), &loggerv1.ListEntriesRequest{Services: []string{"endless"}})
			must(t, err)
			if len(page.GetEntries()) == 0 {
				t.Fatal("nothing was stored")
			}
			for _, e := range page.GetEntries() {
				if len(e.GetMessage()) > kept || e.GetAttributes()["log.truncated"] != "true" {
					t.Errorf("an entry has %d bytes, attributes %v", len(e.GetMessage()), e.GetAttributes())
				}
			}
			return fmt.Sprint(tries), "cut"
		},
	}.launch(t)
}
