package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is a row of the table, or a few that are measured together.
type Row struct {
	Name  string
	Title string
	// about is how long it usually takes, for the progress.
	about   time.Duration
	measure func(ctx context.Context, r *run) error
}

// Rows returns all rows, in their order.
func Rows() []Row {
	return []Row{
		{"firehose-grpc", "one gRPC subscriber of everything, as fast as it goes", 13 * time.Second, firehose(overGRPC)},
		{"firehose-websocket", "one WebSocket subscriber of everything, as fast as it goes", 13 * time.Second, firehose(overWebSocket)},
		{"ingest", "entries stored with nobody watching", 5 * time.Second, ingest},
		{"fanout-grpc", "1,000 gRPC subscribers of 1 % each", 24 * time.Second, fanOut(overGRPC)},
		{"fanout-websocket", "1,000 WebSocket subscribers of 1 % each", 24 * time.Second, fanOut(overWebSocket)},
		{"everybody-grpc", "100 gRPC subscribers of everything", 24 * time.Second, everybody(overGRPC)},
		{"everybody-websocket", "100 WebSocket subscribers of everything", 24 * time.Second, everybody(overWebSocket)},
		{"latency", "from writing an entry to receiving it", 35 * time.Second, latency},
		{"stall", "subscribers that stop reading for 10 s", 30 * time.Second, stall},
		{"idle", "memory with nothing going on", 12 * time.Second, idle},
		{"replay", "from the beginning of the log", 15 * time.Second, replay},
		{"filters", "the index of standing filters, 1 to 100,000", 45 * time.Second, filters},
		{"subscribers", "the server with 1 to 5,000 selective subscribers", 25 * time.Second, subscribers},
		{"backlog", "a live stream, the more entries are retained", 35 * time.Second, backlog},
	}
}

// chosen returns the rows whose names begin with one of these texts, or all.
func chosen(names []string) ([]Row, error) {
	all := Rows()
	if len(names) == 0 {
		return all, nil
	}
	wanted := func(name string) func(Row) bool {
		return func(r Row) bool { return name != "" && strings.HasPrefix(r.Name, name) }
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, wanted(name)) {
			return nil, fmt.Errorf("there is no row %q: --list names them all", name)
		}
	}
	return slices.DeleteFunc(all, func(r Row) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return wanted(name)(r) })
	}), nil
}
