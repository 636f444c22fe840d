package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestFlippedBit flips one bit in each kind of file of the store. The server refuses to
// start and says why, or every entry is delivered, or told as a gap.
func TestFlippedBit(t *testing.T) {
	t.Parallel()
	total := row{order: 9, name: "flipped bit", leaked: -1}
	var outcomes []string
	entries := 0
	for _, kind := range []string{
		"blocks/*.sst", "blocks/*.log", "blocks/MANIFEST-*", "blocks/OPTIONS-*", "blocks/marker.*", "logsieve.meta", "logsieve.head",
	} {
		t.Run(filepath.Base(kind), func(t *testing.T) {
			settings := newSettings(t, nil)
			log := prepare(t, settings, strings.HasSuffix(kind, ".log"))
			entries += log.Len()
			if !flip(t, filepath.Join(fmt.Sprint(settings["store.dir"]), kind)) {
				outcomes = append(outcomes, filepath.Base(kind)+": empty")
				return
			}
			outcomes = append(outcomes, filepath.Base(kind)+": "+outcome(t, settings, log, &total))
		})
	}
	total.input = fmt.Sprintf("%d entries in %d stores", entries, len(outcomes))
	total.faults = "one bit in each kind of file"
	total.remark = strings.Join(outcomes, "; ")
	report(t, total)
}

// prepare makes a store with entries in tables and in the write-ahead log, of a server that
// was killed, and returns what is in it. If need be, it waits until the end of the log was
// recorded, as the server does every second.
func prepare(t *testing.T, settings server.Settings, recorded bool) *history.Log {
	t.Helper()
	var log *history.Log
	for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		p, serves := launch(t, settings)
		if !serves {
			t.Fatal(p.said())
		}
		address := fmt.Sprint(settings["grpc.address"])
		conn := connect(t, address)
		w := newWriter(fmt.Sprint("before-", int(end)), uint64(end), viaAPI(conn))
		for range 10 {
			must(t, w.write(t.Context(), 200))
		}
		log = readLog(t, address)
		must(t, conn.Close())
		if end == syscall.SIGKILL && recorded {
			time.Sleep(1500 * time.Millisecond)
		}
		p.stop(end)
	}
	return log
}

// flip flips a bit in the middle of the newest file of a kind.
func flip(t *testing.T, pattern string) bool {
	t.Helper()
	names, err := filepath.Glob(pattern)
	must(t, err)
	if len(names) == 0 {
		t.Fatalf("there is no %s", pattern)
	}
	name := names[len(names)-1]
	text, err := os.ReadFile(name)
	must(t, err)
	if len(text) == 0 {
		return false
	}
	text[len(text)/2] ^= 4
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(text[len(text)/2:len(text)/2+1], int64(len(text)/2))
	must(t, err)
	must(t, f.Close())
	return true
}

// outcome starts the server on a damaged store and tells what came of it.
func outcome(t *testing.T, settings server.Settings, log *history.Log, total *row) string {
	t.Helper()
	p, serves := launch(t, settings)
	defer p.stop(syscall.SIGTERM)
	if !serves {
		said := p.said()
		if strings.Contains(said, "panic") || !strings.Contains(said, "damage") && !strings.Contains(said, "corrupt") {
			t.Errorf("the server refuses to start without saying why:\n%s", said)
		}
		t.Logf("refused: %s", said)
		return "refused"
	}
	conn := connect(t, fmt.Sprint(settings["grpc.address"]))
	defer conn.Close() //nolint:errcheck // nothing is on it any more
	w := bare("reader", conn)
	must(t, w.watch(&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Unix(1, 0))}}))
	defer w.cut()
	must(t, w.awaitCursor(log.End()))
	w.cut()
	result := w.check(log, history.Options{Gaps: true})
	total.count(t, result)
	checkProgress(t, conn, uint64(log.Len()))
	return fmt.Sprintf("%d delivered, %d told in %d gaps", result.Entries, log.Len()-result.Entries, result.Gaps)
}

// checkProgress writes an entry to a store that may have lost its end, and wants the stream
// to count entries, not the positions that were left out behind it.
func checkProgress(t *testing.T, conn *grpc.ClientConn, entries uint64) {
	t.Helper()
	must(t, newWriter("after", 1, viaAPI(conn)).write(t.Context(), 1))
	w := bare("counter", conn)
	must(t, w.watch(&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Unix(1, 0))}}))
	defer w.cut()
	var last *loggerv1.Progress
	must(t, w.await("told how far it is", func(w *subscriber) bool {
		received := w.streams[0].Received
		if n := len(received); w.caughtUp && n > 0 {
			last = received[n-1].GetNotice().GetProgress()
		}
		return last != nil
	}))
	if last.GetScanned() > entries+1 || last.GetBehind() > entries+1 {
		t.Errorf("of %d entries, %d were scanned and %d are still to come", entries+1, last.GetScanned(), last.GetBehind())
	}
}

// TestPutBack puts an older copy in the place of the store: whoever knows a later cursor is
// refused with the reason, whatever was written since.
func TestPutBack(t *testing.T) {
	t.Parallel()
	settings := newSettings(t, nil)
	dir := fmt.Sprint(settings["store.dir"])
	address := fmt.Sprint(settings["grpc.address"])
	write := func(name string) {
		p, _ := launch(t, settings)
		defer p.stop(syscall.SIGTERM)
		conn := connect(t, address)
		defer conn.Close() //nolint:errcheck // nothing is on it any more
		must(t, newWriter(name, 1, viaAPI(conn)).write(t.Context(), 200))
	}
	write("early")
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(copied, os.DirFS(dir)))

	p, _ := launch(t, settings)
	watching := healing(t, "watching", address)
	must(t, watching.watch(&loggerv1.LogFilter{}))
	t.Cleanup(watching.cut)
	conn := connect(t, address)
	late := newWriter("late", 2, viaAPI(conn))
	must(t, late.write(t.Context(), 200))
	must(t, watching.awaitCursor(readLog(t, address).End()))
	p.stop(syscall.SIGTERM)
	must(t, conn.Close())

	must(t, os.RemoveAll(dir))
	must(t, os.CopyFS(dir, os.DirFS(copied)))
	write("other") // takes the positions of late
	p, _ = launch(t, settings)
	defer p.stop(syscall.SIGTERM)
	<-watching.done
	if err := watching.err; err == nil || !strings.Contains(err.Error(), "epoch") {
		t.Errorf("the stream ended with %v, want the word that the epoch has changed", err)
	}
	report(t, row{
		order: 10, name: "older copy put back", input: "600 entries", faults: "directory replaced by a copy", leaked: -1,
		remark: "a later cursor is refused: the epoch has changed",
	})
}
