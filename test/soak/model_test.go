package soak

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// TestModel does what users do in any order: writes, replaces filters, stops reading and
// goes on, is cut off and comes back by cursor, while retention runs and the server is
// restarted. Each sequence ends with the checker.
func TestModel(t *testing.T) {
	must(t, flag.Set("rapid.checks", strconv.Itoa(scale(15, 240))))
	must(t, flag.Set("rapid.steps", strconv.Itoa(scale(30, 45))))
	r := row{order: 12, name: "random sequences", leaked: -1}
	r.faults = "filters, pauses, cuts, resumes, retention, restarts in any order"
	sum := tally{}
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt, filepath.Join(t.TempDir(), strconv.Itoa(sum.sequences)), &sum)
		defer m.close()
		sum.sequences++
		rt.Repeat(map[string]func(*rapid.T){
			"write":     m.write,
			"filter":    m.filter,
			"pause":     m.pause,
			"resume":    m.unpause,
			"cut":       m.cut,
			"reconnect": m.reconnect,
			"retention": m.retain,
			"restart":   m.restart,
		})
		m.finish(rt)
	})
	r.input = fmt.Sprintf("%d steps in %d sequences, %d entries", sum.steps, sum.sequences, sum.written)
	r.remark = fmt.Sprintf("%d entries delivered, %d gaps told, %d too old cursors refused", sum.delivered, sum.gaps, sum.tooOld)
	report(t, r)
}

// tally counts what all sequences did.
type tally struct{ sequences, steps, written, delivered, gaps, tooOld int }

// viewers is how many subscribers a sequence has.
const viewers = 3

type model struct {
	engine  *engine
	tally   *tally
	viewers []*subscriber
	cutOff  [viewers]bool
	writer  *writer
	// entries is the log as it was before retention.
	entries []*loggerv1.LogEntry
}

func newModel(rt *rapid.T, dir string, sum *tally) *model {
	e, err := newEngine(dir)
	if err != nil {
		rt.Fatal(err)
	}
	m := &model{engine: e, tally: sum}
	m.writer = newWriter("api", uint64(sum.sequences), func(ctx context.Context, entries []*loggerv1.LogEntry) error {
		_, err := loggerv1.NewLoggerClient(e.conn).WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: entries})
		return err
	})
	for i := range viewers {
		w := newSubscriber(fmt.Sprintf("viewer %d", i), func(ctx context.Context) (bidi, error) {
			return loggerv1.NewLoggerClient(e.conn).Monitor(ctx)
		})
		m.viewers = append(m.viewers, w)
		m.fine(rt, w.watch(m.someFilter(rt)))
	}
	return m
}

func (m *model) close() {
	for _, w := range m.viewers {
		w.cut()
	}
	_ = m.engine.close()           // finish has looked
	_ = os.RemoveAll(m.engine.dir) // hundreds of them
}

func (m *model) fine(rt *rapid.T, err error) {
	rt.Helper()
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *model) someFilter(rt *rapid.T) *loggerv1.LogFilter {
	f := nth(rapid.IntRange(0, len(filters)).Draw(rt, "filter"))
	if rapid.Bool().Draw(rt, "everything") {
		f = &loggerv1.LogFilter{}
	}
	if rapid.IntRange(0, 4).Draw(rt, "limited") == 0 {
		f.MaxEntriesPerSecond = 5
	}
	if rapid.Bool().Draw(rt, "skips") {
		f.Overload = loggerv1.Overload_SKIP_TO_LIVE
	}
	return f
}

// some returns one of the viewers, and counts the step.
func (m *model) some(rt *rapid.T) (int, *subscriber) {
	m.tally.steps++
	i := rapid.IntRange(0, viewers-1).Draw(rt, "viewer")
	return i, m.viewers[i]
}

func (m *model) write(rt *rapid.T) {
	m.tally.steps++
	n := rapid.IntRange(1, 150).Draw(rt, "entries")
	m.fine(rt, m.writer.write(context.Background(), n))
	m.tally.written += n
	m.remember(rt)
}

// remember takes down what is new in the log.
func (m *model) remember(rt *rapid.T) {
	after := ""
	if n := len(m.entries); n > 0 {
		after = m.entries[n-1].GetCursor()
	}
	for token := ""; ; {
		page, err := loggerv1.NewLoggerClient(m.engine.conn).ListEntries(context.Background(), &loggerv1.ListEntriesRequest{
			Order: loggerv1.Order_OLDEST_FIRST, PageSize: 1_000, AfterCursor: after, PageToken: token,
		})
		m.fine(rt, err)
		m.entries = append(m.entries, page.GetEntries()...)
		if token = page.GetNextPageToken(); token == "" {
			return
		}
	}
}

func (m *model) filter(rt *rapid.T) {
	i, w := m.some(rt)
	if !m.cutOff[i] {
		m.fine(rt, w.filter(m.someFilter(rt)))
	}
}

func (m *model) pause(rt *rapid.T) {
	_, w := m.some(rt)
	w.pause(true)
}

func (m *model) unpause(rt *rapid.T) {
	_, w := m.some(rt)
	w.pause(false)
}

func (m *model) cut(rt *rapid.T) {
	i, w := m.some(rt)
	w.cut()
	m.cutOff[i] = true
}

func (m *model) reconnect(rt *rapid.T) {
	if i, w := m.some(rt); m.cutOff[i] {
		m.comeBack(rt, i, w)
	}
}

// comeBack resumes a viewer. If retention has passed its cursor, it is refused, and
// begins again.
func (m *model) comeBack(rt *rapid.T, i int, w *subscriber) {
	m.cutOff[i] = false
	w.pause(false)
	m.fine(rt, w.resume(m.someFilter(rt)))
	err := w.await("answered", func(w *subscriber) bool { return w.answered > 0 })
	if err == nil {
		return
	}
	tooOld := false
	if p, perr := m.engine.log.Epoch().ParseCursor(w.cursor); perr == nil {
		tooOld = p < m.engine.log.Bounds().Floor
	}
	if status.Code(w.err) != codes.OutOfRange || !tooOld {
		rt.Fatal(errors.Join(err, w.err))
	}
	m.tally.tooOld++
	w.streams = w.streams[:len(w.streams)-1]
	w.cursor = ""
	m.fine(rt, w.watch(&loggerv1.LogFilter{}))
	m.fine(rt, w.await("answered", func(w *subscriber) bool { return w.answered > 0 }))
}

func (m *model) retain(rt *rapid.T) {
	m.tally.steps++
	time.Sleep(keep / 2) // so that some entries are old, and others are not
	m.fine(rt, m.engine.log.Retain(context.Background()))
}

func (m *model) restart(rt *rapid.T) {
	m.tally.steps++
	if rapid.IntRange(0, 3).Draw(rt, "really") > 0 {
		return // it takes longer than all else
	}
	for i, w := range m.viewers {
		w.pause(false) // its goodbye waits for a client that reads
		if !m.cutOff[i] {
			w.stream.CloseSend() //nolint:errcheck // whichever comes first
		}
	}
	m.fine(rt, m.engine.restart())
	for i, w := range m.viewers {
		w.cut()
		m.cutOff[i] = true
	}
}

// finish brings everybody to the end of the log and checks what they have seen.
func (m *model) finish(rt *rapid.T) {
	m.fine(rt, m.writer.write(context.Background(), 3))
	m.tally.written += 3
	m.remember(rt)
	log, err := history.NewLog(m.entries)
	m.fine(rt, err)
	for i, w := range m.viewers {
		w.pause(false)
		if m.cutOff[i] {
			m.comeBack(rt, i, w)
		}
		m.fine(rt, w.await("answered", func(w *subscriber) bool { return w.answered == len(w.streams[len(w.streams)-1].Sent) }))
		m.fine(rt, w.awaitCursor(log.End()))
		w.cut()
		result := w.check(log, history.Options{Until: log.End(), Gaps: true})
		m.fine(rt, result.Err())
		m.tally.delivered += result.Entries
		m.tally.gaps += result.Gaps
	}
	m.fine(rt, history.CheckWriters(log, []history.Writer{m.writer.history()}).Err())
}
