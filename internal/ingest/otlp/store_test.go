package otlp_test

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/otlp"
	"github.com/seed-2f16ea30/logsieve/internal/store/local"
)

// TestStored holds that what was acknowledged, over either transport and from several
// senders at once, is in the real store, each record once.
func TestStored(t *testing.T) {
	opened, err := local.Open(local.Config{Dir: t.TempDir()}, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}()
	sink := ingest.NewSink(opened, ingest.Limits{}, time.Now)
	client, url := dial(t, sink), listen(t, sink)+otlp.LogsPath

	const senders, batches, batch = 4, 5, 200
	body := encode(t, records(batch))
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for range batches {
				if _, err := client.Export(t.Context(), records(batch)); err != nil {
					t.Errorf("over gRPC: %v", err)
				}
				if got := send(t, http.MethodPost, url, bytes.NewReader(body), "Content-Type", protobufType); got.code != http.StatusOK {
					t.Errorf("over HTTP: %d %s", got.code, got.body)
				}
			}
		})
	}
	sending.Wait()
	if _, err := client.Export(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}

	const want = 2*senders*batches*batch + 1
	stored := readAll(t, opened)
	if len(stored) != want {
		t.Fatalf("%d entries are stored, want %d", len(stored), want)
	}
	last := stored[want-1]
	last.Position = 0
	if diff := cmp.Diff(sampleEntry(), last, ignoreEncodings); diff != "" {
		t.Errorf("the last entry (-want +got):\n%s", diff)
	}
	seen := make(map[int64]int)
	for _, e := range stored[:want-1] {
		seen[e.Timestamp]++
	}
	for at, n := range seen {
		if n != 2*senders*batches {
			t.Errorf("the record of %d is stored %d times, want %d", at, n, 2*senders*batches)
		}
	}
}

func readAll(t *testing.T, from *local.Log) []*entry.Entry {
	t.Helper()
	var all []*entry.Entry
	for after := entry.Position(0); ; {
		b, err := from.Read(t.Context(), after, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if b.Gap != nil {
			t.Fatalf("a gap: %+v", b.Gap)
		}
		if b.Through == after {
			return all
		}
		all, after = append(all, b.Entries...), b.Through
	}
}
