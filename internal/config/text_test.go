package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "4096": 4096, "1B": 1, "256KiB": 256 * KiB, "256 kib": 256 * KiB, "1.5GiB": 1536 * MiB, "10MB": 10_000_000, "2TiB\n": 2 * TiB,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "KiB", "-1KiB", "-1", "10G", "1 2KiB", "NaN", "Inf", "9223372036854775808", "9000000TiB", "1e300B"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "7d": 7 * day, "1d12h": 36 * time.Hour, "250ms": 250 * time.Millisecond, "1h30m\n": 90 * time.Minute,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "-1s", "-1d", "1.5d", "5", "1d-2h", "106752d", "106751d24h", "1d1d", "week"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %s, want an error", text, got)
		}
	}
}

// What is printed is read back as the same value.
func FuzzTextRoundTrip(f *testing.F) {
	for _, n := range []int64{0, 1, 1024, int64(time.Second), int64(90 * time.Minute), int64(7 * day), 1 << 62} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if n < 0 {
			return
		}
		if got, err := ParseSize(Size(n).String()); err != nil || got != Size(n) {
			t.Errorf("size %d: %q, %v", n, Size(n), err)
		}
		text := FormatDuration(time.Duration(n))
		if got, err := ParseDuration(text); err != nil || got != time.Duration(n) {
			t.Errorf("duration %d: %q, %v", n, text, err)
		}
	})
}

func TestYAMLRoundTrip(t *testing.T) {
	want := Default()
	want.Store.MaxAge = 90 * time.Minute
	want.Store.MaxSize = 0
	want.OTLP.GRPCAddress = ""
	want.Ingest.Files = []string{"/a/*.log", "- # odd: name"}
	want.HTTP.Origins = []string{"https://logs.example.org"}
	text, err := want.YAML()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(write(t, string(text)), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", text, diff)
	}
}

func TestSecretsAreHidden(t *testing.T) {
	config := struct {
		Outer struct {
			Token string `key:"token" secret:"true" oneof:"a b"`
			Unset string `key:"unset" secret:"true"`
			Name  string `key:"name"`
		} `key:"outer"`
	}{}
	config.Outer.Token, config.Outer.Name = "hunter2", "public"
	table := fields(&config)
	text, err := render(table)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("outer:\n    token: (hidden)\n    unset: \"\"\n    name: public\n", string(text)); diff != "" {
		t.Error(diff)
	}
	if err := table[0].check(); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error without the secret", err)
	}
	if err := applyFileKey(table, "outer.token", []any{"hunter2"}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error without the secret", err)
	}
	if err := applyVariable(map[string]field{"X": table[0]}, "X", "hunter2"); err != nil {
		t.Error(err)
	}
}
