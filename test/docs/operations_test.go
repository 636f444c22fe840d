package docs

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const operationsPage = "operations.md"

// fetch returns the status and the body of what is at a URL.
func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestHealthPaths(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	addresses := map[string]string{"http": s.HTTP, "admin": s.Admin}
	for _, row := range table(t, operationsPage, "Path", "Address", "200 when", "Use it for") {
		if code, body := fetch(t, "http://"+addresses[row[1]]+row[0]); code != http.StatusOK {
			t.Errorf("%s of %s: %d %s", row[0], row[1], code, body)
		}
	}
}

// The page has every metric of ours with its type, and no other.
func TestMetrics(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	_, body := fetch(t, "http://"+s.Admin+"/metrics")
	served, told := map[string]string{}, map[string]string{}
	for line := range strings.Lines(body) {
		var name, kind string
		if n, _ := fmt.Sscanf(line, "# TYPE %s %s", &name, &kind); n == 2 && strings.HasPrefix(name, "logsieve_") {
			served[name] = kind
		}
	}
	for _, row := range table(t, operationsPage, "Metric", "Type", "Meaning", "Alert when") {
		told[row[0]] = row[1]
	}
	if !maps.Equal(served, told) {
		t.Errorf("the server has %v\nthe page %v", served, told)
	}
	for _, name := range []string{"process_resident_memory_bytes", "process_open_fds", "process_max_fds"} {
		if !strings.Contains(body, "\n"+name+" ") {
			t.Errorf("there is no %s", name)
		}
	}
}

// The records of the server's log that the page explains are written somewhere.
func TestRecords(t *testing.T) {
	var sources strings.Builder
	root := filepath.Join(server.Root(), "internal")
	if err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		sources.Write(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, row := range table(t, operationsPage, "Message", "Means") {
		if !strings.Contains(sources.String(), `"`+row[0]) {
			t.Errorf("nothing writes %q", row[0])
		}
	}
}

// What the page does to measure can be done, and is shown.
func TestMeasuring(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	text := strings.Replace(blocks(t, operationsPage)["measure"], "500000", "500", 1)
	out, err := runCommand(t, s, text).rest()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(out); len(got) != 4 || len(list(t, s, "")) != 500 {
		t.Errorf("%d entries are stored, printed is %q", len(list(t, s, "")), out)
	}
}

// A directory that is put back as the page says has its entries, and refuses cursors from
// before.
func TestBackupAndRestore(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	named := blocks(t, operationsPage)
	log := newLog(t, s)
	log.write(t, "INFO", "shop", "kept")
	cursor := list(t, s, "")[0].GetCursor()
	again := func(commands string) *server.Server {
		if code, err := s.Stop(syscall.SIGTERM); code != 0 || err != nil {
			t.Fatalf("stopping the server: %d, %v", code, err)
		}
		if _, err := run(t, filepath.Dir(s.Dir()), "bash", "-euc", commands).rest(); err != nil {
			t.Fatal(err)
		}
		return s.Restart(t)
	}
	s = again(named["backup"])
	if err := tryCursor(t, s, cursor); err != nil {
		t.Errorf("a backup makes the cursor %v", err)
	}
	newLog(t, s).write(t, "INFO", "shop", "lost")
	s = again(named["restore"])
	if entries := list(t, s, ""); len(entries) != 1 || entries[0].GetMessage() != log.name("kept") {
		t.Errorf("what was put back has %v", entries)
	}
	if err := tryCursor(t, s, cursor); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("a cursor from before: %v", err)
	}
}

// tryCursor returns why a cursor is refused, nil if it is not.
func tryCursor(t *testing.T, s *server.Server, cursor string) error {
	t.Helper()
	c, err := client.Dial(s.GRPC)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	for _, err := range c.List(t.Context(), &loggerv1.ListEntriesRequest{AfterCursor: cursor}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// The ways to acknowledge are those of the configuration.
func TestAcknowledgement(t *testing.T) {
	if got := first(table(t, operationsPage, "store.sync", "An acknowledged entry survives", "Costs")); !slices.Equal(got, []string{config.SyncWritten, config.SyncFsync}) {
		t.Errorf("the page has %q", got)
	}
}
