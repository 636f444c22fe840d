package local

import (
	"math"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// cpu returns the CPU time that this process has used.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU reports the CPU time that a million entries took.
func reportCPU(b *testing.B, spent time.Duration, entries int) {
	b.Helper()
	b.ReportMetric(spent.Seconds()/float64(entries)*1e6, "cpu-s/M")
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAppend appends from 16 goroutines at once. Making the entries is not counted.
func BenchmarkAppend(b *testing.B) {
	for _, mode := range []SyncMode{Written, Fsync} {
		for _, batch := range []int{1, 64, 1024} {
			b.Run(mode.String()+"/"+strconv.Itoa(batch), func(b *testing.B) { benchmarkAppend(b, mode, batch) })
		}
	}
}

func benchmarkAppend(b *testing.B, mode SyncMode, batch int) {
	b.Helper()
	const writers = 16
	l := mustOpen(b, Config{Dir: b.TempDir(), Sync: mode})
	batches := make([][]*entry.Entry, b.N)
	entries := samples(0, min(b.N*batch, 1<<19))
	for i := range batches {
		at := i * batch % max(len(entries)-batch+1, 1)
		batches[i] = make([]*entry.Entry, batch)
		for j := range batch {
			e := entries[at+j]
			batches[i][j] = &entry.Entry{
				Timestamp: e.Timestamp, Severity: e.Severity, Service: e.Service, Host: e.Host,
				Message: e.Message, Attributes: e.Attributes, TraceID: e.TraceID, SpanID: e.SpanID,
			}
		}
	}
	runtime.GC()
	b.ResetTimer()
	before := cpu(b)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < b.N; i += writers {
				if err := l.Append(b.Context(), batches[i]); err != nil {
					b.Error(err)
					return
				}
				batches[i] = nil
			}
		})
	}
	wg.Wait()
	reportCPU(b, cpu(b)-before, b.N*batch)
	m := l.db.Metrics()
	b.ReportMetric(float64(m.DiskSpaceUsage())/float64(b.N*batch), "disk-B/entry")
}

// BenchmarkReplay reads a log of 400,000 entries from its beginning to its end.
func BenchmarkReplay(b *testing.B) {
	const entries = 400_000
	l := mustOpen(b, Config{Dir: b.TempDir()})
	for i := 0; i < entries; i += 1000 {
		if err := l.Append(b.Context(), samples(i, 1000)); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.db.Flush(); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	b.ResetTimer()
	before := cpu(b)
	for range b.N {
		n := 0
		for after := entry.Position(0); after < l.Bounds().Head; {
			batch, err := l.Read(b.Context(), after, 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			n, after = n+len(batch.Entries), batch.Through
		}
		if n != entries {
			b.Fatalf("%d entries, want %d", n, entries)
		}
	}
	reportCPU(b, cpu(b)-before, b.N*entries)
}

// BenchmarkPositionAt finds a time in a log of 100,000 entries.
func BenchmarkPositionAt(b *testing.B) {
	l := mustOpen(b, Config{Dir: b.TempDir()})
	for i := range 1000 {
		if err := l.Append(b.Context(), samples(i*100, 100)); err != nil {
			b.Fatal(err)
		}
	}
	now := time.Now()
	b.ResetTimer()
	for i := range b.N {
		if _, err := l.PositionAt(b.Context(), now.Add(-time.Duration(math.Abs(math.Sin(float64(i)))*1e9))); err != nil {
			b.Fatal(err)
		}
	}
}
