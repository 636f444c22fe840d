package gateway_test

import (
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
