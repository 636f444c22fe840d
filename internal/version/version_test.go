package version

import (
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestVersion(t *testing.T) {
	if got := String(); got == "" {
		t.Error("the version is empty")
	}
	if got := Go(); got != runtime.Version() {
		t.Errorf("Go() = %q, want %q", got, runtime.Version())
	}
}

func TestLinkerWins(t *testing.T) {
	defer func(before string) { release = before }(release)
	release = "v1.2.3"
	if got := String(); got != "v1.2.3" {
		t.Errorf("String() = %q", got)
	}
}
