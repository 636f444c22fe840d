package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// write returns the path of a file with this text.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func parsed(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.String("others", "", "a flag that is not the configuration's")
	BindFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func TestLoadNothingIsDefault(t *testing.T) {
	got, err := Load("", []string{"PATH=/bin", "HOME=/root"}, parsed(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadOrder(t *testing.T) {
	path := write(t, "store:\n  dir: file\n  max_age: 2d\n  max_size: 1GiB\nlog:\n  level: warn\n")
	env := []string{"LOGSIEVE_STORE_MAX_AGE=3d", "LOGSIEVE_STORE_MAX_SIZE=2GiB"}
	got, err := Load(path, env, parsed(t, "--store-max-size=3GiB", "--others=x"))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Log.Level = "warn"
	want.Store.Dir = "file"
	want.Store.MaxAge = 3 * day
	want.Store.MaxSize = 3 * GiB
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadEveryFormOfValue(t *testing.T) {
	path := write(t, `
stream: {progress_interval: 250ms, max_streams: 10}
ingest:
  stdin: true
  files: [/a/*.log, '/b/{x,y}.log']
  body_size: 1048576
  decoded_size: 2.5MB
otlp: {grpc_address: ""}
shutdown: {drain: 0}
`)
	env := []string{"LOGSIEVE_OTLP_HTTP_ADDRESS=", "LOGSIEVE_HUB_RING_ENTRIES=2048"}
	got, err := Load(path, env, parsed(t, "--insecure", "--http-address", "[::]:80"))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Stream.ProgressInterval = 250 * time.Millisecond
	want.Stream.MaxStreams = 10
	want.Ingest.Stdin = true
	want.Ingest.Files = []string{"/a/*.log", "/b/{x,y}.log"}
	want.Ingest.BodySize = 1 * MiB
	want.Ingest.DecodedSize = 2_500_000
	want.OTLP = OTLP{}
	want.Shutdown.Drain = 0
	want.Hub.RingEntries = 2048
	want.Auth.Insecure = true
	want.HTTP.Address = "[::]:80"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadLists(t *testing.T) {
	env := []string{"LOGSIEVE_INGEST_FILES=/a/*.log, /b/*.log,"}
	fromEnv, err := Load("", env, parsed(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/a/*.log", "/b/*.log"}, fromEnv.Ingest.Files); diff != "" {
		t.Error(diff)
	}
	fromFlags, err := Load("", env, parsed(t, "--files=/c/{x,y}.log", "--files=/d.log"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/c/{x,y}.log", "/d.log"}, fromFlags.Ingest.Files); diff != "" {
		t.Error(diff)
	}
}

// Variables that are not ours, and yet begin with our name, are left alone.
func TestLoadForeignVariables(t *testing.T) {
	_, err := Load("", []string{
		"LOGSIEVE_SERVER=127.0.0.1:9090", "LOGSIEVE_PORT=tcp://10.0.0.1:8080", "LOGSIEVE_SERVICE_HOST=10.0.0.1",
		"LOGSIEVE_HTTP_PORT_8080_TCP_ADDR=10.0.0.1",
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

func TestLoadUnreadableFile(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "none.yaml"), "there is no configuration file"},
		{"directory", dir, "cannot be read: is a directory"},
		{"not YAML", write(t, "store: [unclosed\n"), "is not valid YAML: line "},
		{"not a mapping", write(t, "- a\n- b\n"), "is not valid YAML"},
		{"key twice", write(t, "log: {level: info}\nlog: {level: warn}\n"), `key "log" already defined`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.path, nil, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestEmptyFileAndSections(t *testing.T) {
	got, err := Load(write(t, "# nothing\nstore:\nlog: {}\ningest: {files: }\n"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Error(diff)
	}
}
