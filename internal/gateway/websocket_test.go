package gateway_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
)

func TestFilterIsReplacedOnTheRunningStream(t *testing.T) {
	e := start(t, gateway.Config{})
	e.write("one a", "two b")
	s := e.dial("/logs/monitor")
	s.live(`{"notices":true}`)
	e.write("three a", "four b")
	s.entries("three a", "four b")
	s.live(`{"notices":true,"contains":["a"]}`)
	e.write("five b", "six a")
	s.entries("six a")
}

func TestQueryParametersAreTheFirstFilter(t *testing.T) {
	e := start(t, gateway.Config{})
	e.write("one a", "two b", "three a")
	s := e.dial("/logs/monitor?contains=a&last=5&notices=true")
	s.notice("applied")
	s.entries("one a", "three a")
	s.notice("caught_up")
	s.send(`{"notices":true}`)
	if a := s.notice("applied"); a["revision"] != 2.0 {
		t.Errorf("the filter of the first frame has revision %v, want 2", a["revision"])
	}
}

// The stock proxy ends a stream at the first line over 64 KiB.
func TestLongEntries(t *testing.T) {
	e := start(t, gateway.Config{})
	s := e.dial("/logs/monitor")
	s.live(`{"notices":true}`)
	long := strings.Repeat("\x01", 200<<10) // each byte of it six in JSON
	e.write("before", long, "after")
	s.entries("before", long, "after")
}

func TestManyEntriesInOrder(t *testing.T) {
	e := start(t, gateway.Config{})
	s := e.dial("/logs/monitor")
	s.live(`{"notices":true}`)
	const batches, perBatch = 100, 500
	var wg sync.WaitGroup
	wg.Go(func() {
		for b := range batches {
			messages := make([]string, perBatch)
			for i := range messages {
				messages[i] = strconv.Itoa(b*perBatch + i)
			}
			e.write(messages...)
		}
	})
	for i := range batches * perBatch {
		if m := s.next(); m.Result.Message != strconv.Itoa(i) {
			t.Fatalf("entry %d is %+v", i, m)
		}
	}
	wg.Wait()
}
