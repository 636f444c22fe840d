//go:build unix

package tui_test

import (
	"os"
	"syscall"
	"testing"
)

// signalResize does what the kernel does for the terminal that a process belongs to: the
// one of the test is none.
func signalResize(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
}
