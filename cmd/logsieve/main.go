// Command logsieve is a live log through a filter that can be replaced.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/seed-2f16ea30/logsieve/internal/cli"
)

func main() {
	// A reader of our output that goes away is an error of a write, not our death.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on they do again what they do by themselves: the second one
	// ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
