package server

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Settings are what a server is configured with beyond its defaults, by key:
// "store.max_size".
type Settings map[string]any

// NewSettings returns settings with a data directory and ports that nobody else uses, so
// that a server can be stopped and started again where its clients will look for it.
func NewSettings(tb testing.TB, more Settings) Settings {
	tb.Helper()
	s := Settings{
		"store.dir": filepath.Join(tb.TempDir(), "data"),
		// A stream says how far it is ten times a second: tests wait for that.
		"stream.progress_interval": "100ms",
		"log.format":               "json",
		"log.level":                "debug",
		// Leaked goroutines are counted by their stacks.
		"admin.pprof": true,
		// All clients of a test come from one address.
		"network.max_connections_per_address": 100_000,
	}
	for _, key := range []string{"grpc.address", "http.address", "otlp.grpc_address", "otlp.http_address", "admin.address"} {
		s[key] = freeAddress(tb)
	}
	maps.Copy(s, more)
	return s
}

// freeAddress returns a loopback address that is free. Its port is below those from which
// Linux takes the ports of outgoing connections (32768 and up): a client that tries to
// reach a server which is down can otherwise be given that very port and be connected to
// itself.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	const lowest, ports, tries = 20_000, 12_000, 100
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(ports)) //nolint:gosec // G404: any port will do.
		l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", address)
		if err == nil {
			if err := l.Close(); err != nil {
				tb.Fatal(err)
			}
			return address
		}
	}
	tb.Fatalf("no free port from %d to %d", lowest, lowest+ports)
	return ""
}

// write writes the settings as a configuration file and returns its path.
func (s Settings) write(tb testing.TB) string {
	tb.Helper()
	sections := map[string]map[string]any{}
	for key, value := range s {
		section, name, ok := strings.Cut(key, ".")
		if !ok {
			tb.Fatalf("the key %q has no section", key)
		}
		if sections[section] == nil {
			sections[section] = map[string]any{}
		}
		sections[section][name] = value
	}
	text, err := yaml.Marshal(sections)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "config.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
