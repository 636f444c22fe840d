package gateway

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// serveTail serves one filter, from the query parameters, as NDJSON or as SSE.
func (g *Gateway) serveTail(w http.ResponseWriter, r *http.Request) {
	if err := g.tail(w, r); err != nil {
		writeError(w, err)
	}
}

// tail returns an error as long as it can be answered.
func (g *Gateway) tail(w http.ResponseWriter, r *http.Request) error {
	if err := withoutBody(r); err != nil {
		return err
	}
	values, err := parameters(r.URL, (*loggerv1.LogFilter)(nil).ProtoReflect().Descriptor())
	if err != nil {
		return err
	}
	resume(values, r.Header.Get("Last-Event-ID"))
	f := formatFor(r)
	open, err := g.streams.begin(r.Context())
	if err != nil {
		return err
	}
	defer g.streams.end(open)

	out := newTailWriter(w, f, g.cfg)
	defer out.close()
	defer context.AfterFunc(open.ctx, out.expire)()
	r = r.WithContext(withFormat(open.ctx, f))
	r.URL = &url.URL{Path: pathTail, RawQuery: values.Encode()}
	r.Header = r.Header.Clone()
	r.Header.Set("Accept", f.mediaType)
	g.mux.ServeHTTP(out, r)
	return nil
}

// resume makes a request go on behind the last event that its client has seen. A browser
// repeats the request as it was, and adds that; what the request says about where to
// begin was for the first time.
func resume(values url.Values, lastEventID string) {
	if lastEventID == "" {
		return
	}
	for _, name := range []string{"since", "last", "after_cursor", "afterCursor"} {
		values.Del(name)
	}
	values.Set("after_cursor", lastEventID)
}

// tailWriter is the response that a stream is written into. It keeps the deadline of each
// write, and writes something that means nothing when there was nothing for a while.
//
// The gateway's goroutine writes, and a timer's; mu lets one of them at a time.
type tailWriter struct {
	w      http.ResponseWriter
	rc     *http.ResponseController
	format *format
	cfg    Config

	mu     sync.Mutex
	begun  bool // the header is sent
	closed bool // nothing may be written any more
	idle   *time.Timer

	// dmu is held while a deadline is set; it is taken behind mu, or alone. It guards
	// expired, which is set when what is left is to be written soon, and done, when the
	// response is not ours any more: to touch it then is a race in HTTP/2.
	dmu           sync.Mutex
	expired, done bool
}

var (
	_ http.ResponseWriter = (*tailWriter)(nil)
	_ starter             = (*tailWriter)(nil)
)

func newTailWriter(w http.ResponseWriter, f *format, cfg Config) *tailWriter {
	return &tailWriter{w: w, rc: http.NewResponseController(w), format: f, cfg: cfg}
}

// start sends the headers of a stream.
func (t *tailWriter) start() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.w.Header()
	h.Set("Content-Type", t.format.mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would gather entries into blocks
	t.begun = true
	t.deadline()
	t.w.WriteHeader(http.StatusOK)
	if t.format.idle != "" {
		t.idle = time.AfterFunc(t.cfg.PingInterval, t.keepAlive)
	}
	return t.flush()
}

// Header returns the header of the response.
func (t *tailWriter) Header() http.Header { return t.w.Header() }

// WriteHeader does nothing in a stream: its header is sent.
func (t *tailWriter) WriteHeader(code int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.begun {
		t.begun = true
		t.w.WriteHeader(code)
	}
}

// Write writes frames, with a deadline.
func (t *tailWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil // the delimiter of frames that have their own
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deadline()
	return t.w.Write(p)
}

// FlushError sends what was written.
func (t *tailWriter) FlushError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle != nil {
		t.idle.Reset(t.cfg.PingInterval)
	}
	return t.flush()
}

// flush sends what was written, and takes the deadline away until the next write: one that
// passes ends a stream of HTTP/2 whether it is written to or not. The caller holds mu.
func (t *tailWriter) flush() error {
	err := t.rc.Flush()
	t.setDeadline(time.Time{})
	return err
}

// deadline gives the next write its time. The caller holds mu.
func (t *tailWriter) deadline() { t.setDeadline(time.Now().Add(t.cfg.WriteTimeout)) }

// setDeadline sets a deadline unless the one of expire holds.
func (t *tailWriter) setDeadline(at time.Time) {
	t.dmu.Lock()
	defer t.dmu.Unlock()
	if !t.expired && !t.done {
		// A writer that has no deadlines is one of a test: its client is never slow.
		_ = t.rc.SetWriteDeadline(at)
	}
}

// expire lets a write that is under way, and those that follow, take no longer than
// closeTimeout. It does not wait for mu: whoever holds it may be in that write.
func (t *tailWriter) expire() {
	t.dmu.Lock()
	defer t.dmu.Unlock()
	if t.expired || t.done {
		return
	}
	t.expired = true
	_ = t.rc.SetWriteDeadline(time.Now().Add(closeTimeout))
}

// keepAlive runs in the timer's goroutine.
func (t *tailWriter) keepAlive() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.deadline()
	if _, err := t.w.Write([]byte(t.format.idle)); err != nil || t.flush() != nil {
		return // the client has gone: the request's context tells the stream
	}
	t.idle.Reset(t.cfg.PingInterval)
}

// close ends the writer before its response does.
func (t *tailWriter) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.idle != nil {
		t.idle.Stop()
	}
	t.dmu.Lock()
	defer t.dmu.Unlock()
	t.done = true
	if t.begun {
		// The deadline is the connection's, which may serve another request.
		_ = t.rc.SetWriteDeadline(time.Time{})
	}
}
