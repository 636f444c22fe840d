package gateway

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
)

// session is one WebSocket: what the handlers before and behind the proxy share, for it
// passes nothing between them but a request.
type session struct {
	limits wsconn.Limits
	// first is the filter of the query parameters, or nil.
	first *loggerv1.LogFilter
	// cancel ends the stream with a cause.
	cancel context.CancelCauseFunc
	// subprotocol is what the answer to the upgrade names, empty for none.
	subprotocol string

	// conn is set when the connection is hijacked, before the handler behind the proxy
	// begins; hijacked is closed then.
	conn     *wsconn.Conn
	hijacked chan struct{}
	// ended is closed when that handler has returned; running tells that it was begun.
	ended   chan struct{}
	running atomic.Bool
}

func newSession(limits wsconn.Limits, first *loggerv1.LogFilter) *session {
	return &session{limits: limits, first: first, hijacked: make(chan struct{}), ended: make(chan struct{})}
}

type sessionKey struct{}

func withSession(ctx context.Context, s *session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// sessionOf returns the session of a request that came through the proxy, or nil.
func sessionOf(ctx context.Context) *session {
	s, _ := ctx.Value(sessionKey{}).(*session)
	return s
}

// wait returns when the handler behind the proxy has, if it was begun. The proxy must
// have returned.
func (s *session) wait() {
	if s.running.Load() {
		<-s.ended
	}
}

// fail says with what the session ends.
func (s *session) fail(st *status.Status) { s.conn.End(endOf(st)) }

// hijacker is a ResponseWriter that gives out the session's connection.
type hijacker struct {
	http.ResponseWriter

	session *session
}

var _ http.Hijacker = (*hijacker)(nil)

func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("gateway: %w", err)
	}
	h.session.conn = wsconn.New(socket, h.session.limits, h.session.subprotocol)
	h.ResponseWriter = nil // it holds the buffers of the connection
	close(h.session.hijacked)
	return h.session.conn, buffers, nil
}

// lineWriter is the response that the gateway's handler writes a stream into. Each write
// is whole lines, and each line becomes a message of the WebSocket at once.
type lineWriter struct {
	session *session
	header  http.Header
}

var (
	_ http.ResponseWriter = (*lineWriter)(nil)
	_ http.Flusher        = (*lineWriter)(nil)
)

func (w *lineWriter) Header() http.Header { return w.header }

// WriteHeader does nothing: the answer to the upgrade was the header.
func (*lineWriter) WriteHeader(int) {}

// Flush does nothing: nothing is held back.
func (*lineWriter) Flush() {}

func (w *lineWriter) Write(lines []byte) (int, error) {
	if err := w.session.conn.WriteLines(lines); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// appCodes is what a close code for a mistake is above: the HTTP status is added to it.
const appCodes = 4000

// endOf returns the close frame of a stream that ended with a status. Codes from 4400 on
// tell a mistake: the same again fails again. Those up to 1013 but 1000, 1008 and 1009 ask to come back.
func endOf(st *status.Status) wsconn.End {
	return wsconn.End{Code: closeCode(st), Reason: closeReason(st)}
}

func closeReason(st *status.Status) string {
	if st.Code() == codes.OK {
		return ""
	}
	return codeName(st.Code()) + ": " + st.Message()
}

func closeCode(st *status.Status) int {
	switch st.Code() {
	case codes.OK:
		return wsconn.Normal
	case codes.Canceled:
		return wsconn.GoingAway
	case codes.InvalidArgument:
		return appCodes + http.StatusBadRequest
	case codes.Unauthenticated:
		return appCodes + http.StatusUnauthorized
	case codes.PermissionDenied:
		return appCodes + http.StatusForbidden
	case codes.NotFound:
		return appCodes + http.StatusNotFound
	case codes.FailedPrecondition:
		return appCodes + http.StatusPreconditionFailed
	case codes.OutOfRange:
		return appCodes + http.StatusRequestedRangeNotSatisfiable
	case codes.ResourceExhausted:
		return appCodes + http.StatusTooManyRequests
	case codes.DeadlineExceeded:
		return appCodes + http.StatusGatewayTimeout
	case codes.Unimplemented:
		return appCodes + http.StatusNotImplemented
	case codes.Unavailable:
		return unavailableCode(st)
	default:
		return wsconn.Internal
	}
}

// unavailableCode tells a server that goes away or comes back in a moment from one that
// cannot serve just now.
func unavailableCode(st *status.Status) int {
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.GetReason() == errStopping.reason {
			return wsconn.Restart
		}
	}
	return wsconn.TryAgainLater
}

// codeName returns the name of a code as protocols spell it.
func codeName(c codes.Code) string {
	names := [...]string{
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
		"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
	}
	if int(c) < len(names) {
		return names[c]
	}
	return names[codes.Unknown]
}
