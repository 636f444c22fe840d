package e2e

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestStartRefused starts servers that cannot start: each says in a sentence why, and
// ends with the exit code for that.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	running := server.Start(t, server.Checked, server.NewSettings(t, nil))
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // nobody has connected
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const failed, usage = 1, 2
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"address in use", []string{"--http-address", taken.Addr().String()}, failed, []string{taken.Addr().String(), "in use", "http.address"}},
		{"data directory in use", []string{"--store-dir", running.Dir()}, failed, []string{running.Dir(), "in use"}},
		{"data directory cannot be made", []string{"--store-dir", file("plain", "") + "/data"}, failed, []string{"plain"}},
		{"no configuration", []string{"--config", filepath.Join(dir, "none.yaml")}, usage, []string{"none.yaml", "check the path"}},
		{"configuration is a directory", []string{"--config", dir}, usage, []string{dir, "directory"}},
		{"configuration is not YAML", []string{"--config", file("bad.yaml", "http: [\n")}, usage, []string{"bad.yaml"}},
		{"unknown key", []string{"--config", file("key.yaml", "store:\n  dirr: x\n")}, usage, []string{"store.dirr", "store.dir"}},
		{"wrong value", []string{"--config", file("value.yaml", "store:\n  max_age: 3 weeks\n")}, usage, []string{"store.max_age", "3 weeks"}},
		{"two mistakes", []string{"--config", file("two.yaml", "store:\n  sync: maybe\nlog:\n  level: loud\n")}, usage, []string{"store.sync", "log.level"}},
		{"open to the world", []string{"--http-address", "0.0.0.0:0"}, usage, []string{"http.address", "auth.insecure"}},
		{"unknown flag", []string{"--htp-address", "x"}, usage, []string{"--htp-address"}},
	} {
		code, text := serve(t, c.args)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.code)
		}
		for _, says := range c.says {
			if !strings.Contains(text, says) {
				t.Errorf("%s: %q does not say %q", c.name, text, says)
			}
		}
		const most = 6 // lines: a sentence, and one for each mistake
		if strings.Contains(text, "goroutine ") || strings.Count(text, "\n") > most {
			t.Errorf("%s: that is no sentence:\n%s", c.name, text)
		}
	}
}

// serve runs a server that must not come to serve, on ports of its own, and returns its
// exit code and what it wrote.
func serve(t *testing.T, args []string) (code int, text string) {
	t.Helper()
	all := []string{"serve", "--store-dir", filepath.Join(t.TempDir(), "data")}
	for _, name := range []string{"grpc", "http", "otlp-grpc", "otlp-http", "admin"} {
		all = append(all, "--"+name+"-address", "127.0.0.1:0")
	}
	command := exec.CommandContext(t.Context(), server.Checked.Path(t), append(all, args...)...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String()
}
