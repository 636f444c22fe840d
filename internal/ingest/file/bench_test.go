package file

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
)

type nowhere struct{}

func (nowhere) Append(context.Context, []*entry.Entry) error { return nil }

// BenchmarkIdle measures a poll, and a scan, of 500 files that do not grow.
func BenchmarkIdle(b *testing.B) {
	dir := b.TempDir()
	for i := range 500 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.log", i)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	sink := ingest.NewSink(nowhere{}, ingest.Limits{}, time.Now)
	f, err := New(Config{Patterns: []string{dir + "/*.log"}}, sink, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	f.buffer = make([]byte, readBytes)
	f.scan(b.Context())
	b.Cleanup(func() {
		for _, t := range f.tails {
			t.close()
		}
	})
	b.Run("poll", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.turn(b.Context(), time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			f.scan(b.Context())
		}
	})
}
