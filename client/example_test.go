package client_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// A program that watches a log and changes what it watches while the stream runs: one
// goroutine receives, another sends filters.
func Example() {
	address, stop := exampleServer()
	defer stop()
	c, err := client.Dial(address)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	// What the program does with entries and where it has its filters from.
	seen := make(chan string)
	processLogEntry := func(e *loggerv1.LogEntry) { seen <- e.GetMessage() }
	updates := make(chan *loggerv1.LogFilter)
	waitForFilterUpdate := func() *loggerv1.LogFilter { return <-updates }

	received := make(chan struct{})
	monitorLogs := func(ctx context.Context, initialFilter *loggerv1.LogFilter) error {
		stream, err := c.Monitor(ctx)
		if err != nil {
			return fmt.Errorf("starting the monitor stream failed: %w", err)
		}
		defer stream.Close()

		// One goroutine receives.
		go func() {
			defer close(received)
			for {
				logEntry, err := stream.Recv()
				if err == io.EOF { //nolint:errorlint // as many callers write it: io.EOF is never wrapped.
					return
				}
				if err != nil {
					fmt.Println("receiving a log entry failed:", err)
					return
				}
				processLogEntry(logEntry)
			}
		}()

		// The initial filter.
		if err := stream.Send(initialFilter); err != nil {
			return fmt.Errorf("sending the initial filter failed: %w", err)
		}

		// Other filters, for as long as there are any.
		for newFilter := waitForFilterUpdate(); newFilter != nil; newFilter = waitForFilterUpdate() {
			if err := stream.Send(newFilter); err != nil {
				return fmt.Errorf("updating the filter failed: %w", err)
			}
		}
		return nil
	}

	write(c, "the shop is open", "payment refused", "parcel sent", "payment refused again")
	ended := make(chan error)
	go func() {
		ended <- monitorLogs(context.Background(), &loggerv1.LogFilter{
			Query: "payment", Begin: &loggerv1.LogFilter_Last{Last: 10},
		})
	}()
	fmt.Println("payment:", <-seen)
	fmt.Println("payment:", <-seen)

	updates <- &loggerv1.LogFilter{Query: "parcel", Begin: &loggerv1.LogFilter_Last{Last: 10}}
	fmt.Println("parcel:", <-seen)
	write(c, "payment accepted", "parcel lost")
	fmt.Println("parcel:", <-seen)

	close(updates) // monitorLogs returns, and closes the stream, which ends the receiver
	fmt.Println("ended:", <-ended)
	<-received
	// Output:
	// payment: payment refused
	// payment: payment refused again
	// parcel: parcel sent
	// parcel: parcel lost
	// ended: <nil>
}

// The last entries that match, and every new one, as a loop.
func ExampleClient_Tail() {
	address, stop := exampleServer()
	defer stop()
	c, err := client.Dial(address)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	write(c, "one", "two", "three", "four")

	filter := &loggerv1.LogFilter{Excludes: []string{"three"}, Begin: &loggerv1.LogFilter_Last{Last: 2}}
	for e, err := range c.Tail(context.Background(), filter) {
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Println(e.GetMessage())
		if e.GetMessage() == "four" {
			break
		}
	}
	// Output:
	// two
	// four
}

// What is retained, without waiting for more.
func ExampleClient_List() {
	address, stop := exampleServer()
	defer stop()
	c, err := client.Dial(address)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	write(c, "one", "two", "three")

	req := &loggerv1.ListEntriesRequest{Order: loggerv1.Order_NEWEST_FIRST, PageSize: 2}
	for e, err := range c.List(context.Background(), req) {
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Println(e.GetMessage())
	}
	// Output:
	// three
	// two
	// one
}

// CloseSend asks for what there is up to now, and for the end.
func ExampleStream_CloseSend() {
	address, stop := exampleServer()
	defer stop()
	c, err := client.Dial(address)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	write(c, "one", "two")

	stream, err := c.Monitor(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stream.Close()
	_ = stream.Send(&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: 100}})
	_ = stream.CloseSend()
	for {
		e, err := stream.Recv()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.GetMessage())
	}
	// Output:
	// one
	// two
	// EOF
}

// Telling people about a lost connection.
func ExampleWithOnReconnect() {
	c, err := client.Dial("logs.example.com:443",
		client.WithTLS(nil),
		client.WithOnReconnect(func(attempt int, err error, wait time.Duration) {
			if attempt == 0 {
				fmt.Fprintln(os.Stderr, "connected again")
				return
			}
			fmt.Fprintf(os.Stderr, "attempt %d in %v: %v\n", attempt, wait, err)
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Close())
	// Output: <nil>
}

// A token that somebody else renews, in a file: a stream outlives each of them.
func ExampleWithTokenSource() {
	c, err := client.Dial("logs.example.com:443",
		client.WithTLS(nil),
		client.WithTokenSource(func(context.Context) (string, error) {
			token, err := os.ReadFile("/run/secrets/logs-token")
			return strings.TrimSpace(string(token)), err
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Close())
	// Output: <nil>
}

// exampleServer starts a server of its own for an example.
func exampleServer() (address string, stop func()) {
	address, end, err := startServer()
	if err != nil {
		fmt.Println(err)
		return "", func() {}
	}
	return address, func() {
		if err := end(); err != nil {
			fmt.Println(err)
		}
	}
}

// write stores entries, one after the other.
func write(c *client.Client, messages ...string) {
	entries := make([]*loggerv1.LogEntry, len(messages))
	for i, m := range messages {
		entries[i] = &loggerv1.LogEntry{Service: "shop", Message: m}
	}
	if _, err := c.Write(context.Background(), entries...); err != nil {
		fmt.Println(err)
	}
}
