package app

import (
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
	"github.com/seed-2f16ea30/logsieve/internal/grpcapi"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
	"github.com/seed-2f16ea30/logsieve/internal/monitor"
)

// limitKeys are the limits that are counted when they bite: those of the parts that are
// given telemetry.LimitHits.
func limitKeys() []string {
	return append([]string{
		inflate.LimitWire,
		inflate.LimitDecoded,
		"ingest.rate_entries",
		"ingest.rate_size",
		"network.max_connections",
		"network.max_connections_per_address",
		grpcapi.LimitCalls,
		wsconn.LimitMessageSize, wsconn.LimitMessageRate, wsconn.LimitFragments,
		wsconn.LimitControls, wsconn.LimitPongTimeout, wsconn.LimitWriteTimeout,
	}, monitor.LimitKeys()...)
}

func (a *App) filterLimits() filter.Limits {
	c := a.cfg.Filter
	return filter.Limits{
		Bytes: int(c.MaxSize), Depth: c.MaxDepth, Conditions: c.MaxConditions,
		Regexes: c.MaxRegexes, Instructions: c.MaxRegexInstructions,
	}
}
