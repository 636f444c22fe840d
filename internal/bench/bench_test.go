package bench_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/bench"
	"github.com/seed-2f16ea30/logsieve/internal/bench/report"
)

// Every row is measured, small, with every delivery as it should be.
func TestEveryRow(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a process uses is known on Linux only")
	}
	var rows []string
	for _, row := range bench.Rows() {
		if row.Name != "filters" { // compiles 100,000 filters; measured by the index's own benchmarks too
			rows = append(rows, row.Name)
		}
	}
	r, err := bench.Run(t.Context(), bench.Options{Rows: rows, Scale: 0.003})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range rows {
		if !slices.ContainsFunc(r.Measures, func(m report.Measure) bool { return m.Row == name && m.Value != 0 }) {
			t.Errorf("%s has no figures", name)
		}
	}
	if n := r.Faults(); n > 0 {
		t.Errorf("%d faults: %+v", n, r.Deliveries)
	}
	for _, name := range []string{"firehose-grpc", "firehose-websocket", "fanout-grpc", "everybody-websocket", "latency", "stall", "replay"} {
		if !slices.ContainsFunc(r.Deliveries, func(d report.Deliveries) bool { return d.Row == name && d.Delivered > 0 }) {
			t.Errorf("nothing was delivered in %s", name)
		}
	}
}

func TestUnknownRow(t *testing.T) {
	if r, err := bench.Run(t.Context(), bench.Options{Rows: []string{"hose"}}); err == nil || r != nil {
		t.Errorf("%v, %v", r, err)
	}
}

// A server of somebody else's is measured, and where that needs one of its own the row is
// left out with the reason.
func TestTarget(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what a process uses is known on Linux only")
	}
	s := apptest.Start(t, apptest.Config(t))
	r, err := bench.Run(t.Context(), bench.Options{
		Rows: []string{"firehose-grpc", "fanout-websocket", "backlog"}, Scale: 0.003, Target: &bench.Target{GRPC: s.GRPC, HTTP: s.HTTP},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Row != "backlog" {
		t.Errorf("left out: %+v", r.Skipped)
	}
	if len(r.Deliveries) != 2 || r.Faults() > 0 {
		t.Errorf("%+v", r.Deliveries)
	}
	if slices.ContainsFunc(r.Measures, func(m report.Measure) bool { return m.Unit == "CPU-s per million" }) {
		t.Error("the processor time of an unknown process was told")
	}
}

// A program that cannot serve fails the run, with what it said.
func TestServerThatDoesNotStart(t *testing.T) {
	_, err := bench.Run(t.Context(), bench.Options{Program: "/bin/false", Rows: []string{"ingest"}})
	if err == nil || errors.Is(err, bench.ErrFaults) {
		t.Errorf("%v", err)
	}
}
