package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
)

// natsCore is the name of that ceiling.
const natsCore = "NATS core"

// natsFigures are what the program of bench/nats prints. Both sides must stay alike.
type natsFigures struct {
	PerSecond     float64 `json:"per_second"`
	CPUPerMillion float64 `json:"cpu_seconds_per_million"`
	P50           float64 `json:"p50_ms"`
	P99           float64 `json:"p99_ms"`
}

// nats measures NATS core by the program of the options; nil if there is none.
func (r *run) nats(ctx context.Context, what string, entries uint64, perSecond int) (*natsFigures, error) {
	if r.options.NATS == "" {
		return nil, nil //nolint:nilnil // documented
	}
	command := exec.CommandContext(ctx, r.options.NATS, what, strconv.FormatUint(entries, 10), strconv.Itoa(perSecond)) //nolint:gosec // G204: what the user names.
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("measure NATS with %s: %w", r.options.NATS, err)
	}
	f := &natsFigures{}
	if err := json.Unmarshal(out, f); err != nil {
		return nil, fmt.Errorf("what %s printed: %w", r.options.NATS, err)
	}
	return f, nil
}
