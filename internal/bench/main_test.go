package bench_test

import (
	"context"
	"os"
	"os/signal"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/internal/bench"
	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

// TestMain makes the test's program a logsieve where a test asks for one: Run starts the
// program that is running.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == bench.CeilingCommand) {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	goleak.VerifyTestMain(m)
}
