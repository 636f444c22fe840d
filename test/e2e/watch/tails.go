package watch

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/node"
	"github.com/seed-2f16ea30/logsieve/test/e2e/program"
)

// Curl watches GET /logs/tail as NDJSON, with curl -N.
func Curl(tb testing.TB, address string, first *loggerv1.LogFilter) *Watcher {
	tb.Helper()
	return start(tb, "curl", first, func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn {
		tb.Helper()
		c := &curl{ended: make(chan struct{})}
		c.program = program.Start(tb, "", r.line, "curl", "--no-buffer", "--silent", "--show-error", "--globoff", tailURL(address, first))
		go func() {
			defer close(c.ended)
			r.end(c.program.ExitCode(), "")
		}()
		// It does not end by itself.
		tb.Cleanup(func() {
			if err := c.close(); err != nil {
				tb.Error(err)
			}
		})
		return c
	})
}

type curl struct {
	program *program.Program
	ended   chan struct{} // closed when its end is in the record
}

func (c *curl) close() error {
	err := c.program.Terminate()
	<-c.ended
	return err
}

// line notes a line of NDJSON.
func (r *record) line(line []byte) {
	var frame struct{ Result, Error json.RawMessage }
	switch err := json.Unmarshal(line, &frame); {
	case err != nil || frame.Result == nil && frame.Error == nil:
		r.fault("a line that is no frame: %q", line)
	case frame.Error != nil:
		r.errorFrame(string(frame.Error))
	default:
		r.frame(frame.Result)
	}
}

// EventSource watches GET /logs/tail as server-sent events, with eventsource on Node.js.
// It reconnects by itself.
func EventSource(tb testing.TB, address string, first *loggerv1.LogFilter) *Watcher {
	tb.Helper()
	return start(tb, "EventSource", first, func(tb testing.TB, r *record, first *loggerv1.LogFilter) conn {
		tb.Helper()
		opened, id := false, ""
		return source{node.Start(tb, func(e node.Event) {
			switch {
			case e.Event == "open" && opened:
				r.begin(resumption(first, id), true)
			case e.Event == "open":
				opened = true
			}
			if e.Event == "message" {
				id = e.ID
			}
			r.event(e)
		}, "eventsource.js", tailURL(address, first))}
	})
}

// source is an EventSource. Unlike a peer it takes no filters.
type source struct{ program *program.Program }

func (s source) close() error { return s.program.End() }

// tailURL returns the address of GET /logs/tail with a filter.
func tailURL(address string, f *loggerv1.LogFilter) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Add(name, value)
		}
	}
	set("query", f.GetQuery())
	set("regex", f.GetRegex())
	if f.GetMinSeverity() != 0 {
		set("min_severity", f.GetMinSeverity().String())
	}
	for name, values := range map[string][]string{
		"services": f.GetServices(), "hosts": f.GetHosts(), "contains": f.GetContains(), "excludes": f.GetExcludes(),
	} {
		for _, value := range values {
			set(name, value)
		}
	}
	for key, value := range f.GetAttributes() {
		set("attributes["+key+"]", value)
	}
	switch begin := f.GetBegin().(type) {
	case *loggerv1.LogFilter_AfterCursor:
		set("after_cursor", begin.AfterCursor)
	case *loggerv1.LogFilter_Since:
		set("since", begin.Since.AsTime().Format(time.RFC3339Nano))
	case *loggerv1.LogFilter_Last:
		set("last", strconv.Itoa(int(begin.Last)))
	}
	if f.GetNotices() {
		set("notices", "true")
	}
	return "http://" + address + "/logs/tail?" + q.Encode()
}
