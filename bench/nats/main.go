//go:build linux

// Command nats measures NATS core as logsieve bench measures logsieve, for comparison:
// the same number of messages of the same size, from one publisher, in the same minute, to
// a server in a process of its own. NATS core stores nothing, matches subjects alone, and
// drops what a slow reader does not take; it is what handing messages on costs at least.
//
//	nats firehose ENTRIES 0          one subscriber of everything, as fast as it goes
//	nats latency ENTRIES PER-SECOND  one subscriber, from publishing to receiving
//	nats fanout ENTRIES PER-SECOND   1,000 subscribers of 1 % each
//	nats everybody ENTRIES PER-SECOND  100 subscribers of everything
//
// It prints a JSON object, the natsFigures of internal/bench. Both sides must stay alike.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nats:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: nats firehose|latency|fanout|everybody ENTRIES PER-SECOND")

func run(args []string) error {
	if len(args) == 1 && args[0] == serveCommand {
		return serve()
	}
	const parameters = 3
	if len(args) != parameters {
		return errUsage
	}
	entries, err := strconv.Atoi(args[1])
	perSecond, alsoErr := strconv.Atoi(args[2])
	shape, ok := shapes[args[0]]
	if err != nil || alsoErr != nil || !ok {
		return errUsage
	}
	figures, err := measure(shape, entries, perSecond)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figures)
}
