package telemetry

import (
	"io"
	"log/slog"

	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// NewLogger returns a logger that writes to w, a line a record. A level that is not
// known, which config.Validate refuses, is info. The logger is safe for concurrent use
// and writes each line with one call.
func NewLogger(cfg config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == config.FormatJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
