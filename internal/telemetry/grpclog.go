package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/status"
)

// RedirectGRPC sends what gRPC and grpc-gateway log to a logger, at their levels, but for
// two things. Both report a client that went away as an error, and one that was told of a
// limit; that is an error only for the client, so it is logged at debug. And so are gRPC's warnings: they are about single
// connections, most of them about clients that went away, and come as finished text in
// which there is no error to tell that by. Ten streams that are cut make ten of them.
//
// The place where gRPC keeps its logger is not guarded: call this before gRPC is used
// for the first time. Called again, it only replaces the logger, at any time and from
// any goroutine.
func RedirectGRPC(logger *slog.Logger) {
	redirected.logger.Store(logger)
	redirectOnce.Do(func() { grpclog.SetLoggerV2(&redirected) })
}

var (
	redirected   grpcLog
	redirectOnce sync.Once
)

// grpcLog is a grpclog.LoggerV2 over slog.
type grpcLog struct{ logger atomic.Pointer[slog.Logger] }

var _ grpclog.LoggerV2 = (*grpcLog)(nil)

// V switches off what gRPC only logs when it is asked to be verbose: a line and more for
// every stream.
func (l *grpcLog) V(level int) bool { return level <= 0 }

func (l *grpcLog) Info(args ...any)                    { l.log(slog.LevelDebug, "", args) }
func (l *grpcLog) Infoln(args ...any)                  { l.log(slog.LevelDebug, "", args) }
func (l *grpcLog) Infof(format string, args ...any)    { l.log(slog.LevelDebug, format, args) }
func (l *grpcLog) Warning(args ...any)                 { l.log(slog.LevelDebug, "", args) }
func (l *grpcLog) Warningln(args ...any)               { l.log(slog.LevelDebug, "", args) }
func (l *grpcLog) Warningf(format string, args ...any) { l.log(slog.LevelDebug, format, args) }
func (l *grpcLog) Error(args ...any)                   { l.log(slog.LevelError, "", args) }
func (l *grpcLog) Errorln(args ...any)                 { l.log(slog.LevelError, "", args) }
func (l *grpcLog) Errorf(format string, args ...any)   { l.log(slog.LevelError, format, args) }

// gRPC ends the process itself after Fatal.

func (l *grpcLog) Fatal(args ...any)                 { l.log(slog.LevelError, "", args) }
func (l *grpcLog) Fatalln(args ...any)               { l.log(slog.LevelError, "", args) }
func (l *grpcLog) Fatalf(format string, args ...any) { l.log(slog.LevelError, format, args) }

func (l *grpcLog) log(level slog.Level, format string, args []any) {
	if level > slog.LevelDebug && isClientGone(args) {
		level = slog.LevelDebug
	}
	logger := l.logger.Load()
	if !logger.Enabled(context.Background(), level) {
		return
	}
	text := line(args)
	if format != "" {
		text = strings.TrimSpace(fmt.Sprintf(format, args...))
	}
	logger.Log(context.Background(), level, "grpc", "text", text)
}

// isClientGone tells whether one of the arguments is an error that a client causes by
// leaving, by taking nothing, or that it is told. Errors are what is looked at, never the text, which changes.
func isClientGone(args []any) bool {
	for _, arg := range args {
		err, ok := arg.(error)
		if !ok {
			continue
		}
		for _, gone := range []error{
			context.Canceled, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded,
			http.ErrAbortHandler, syscall.EPIPE, syscall.ECONNRESET,
		} {
			if errors.Is(err, gone) {
				return true
			}
		}
		if told(err) {
			return true
		}
	}
	return false
}

// told tells whether an error is a status by which a caller is told of its own mistake, of
// a limit, or of a stop. Whoever has made it has logged what there is to log.
func told(err error) bool {
	switch status.Code(err) {
	case codes.OK, codes.Unknown, codes.Internal, codes.DataLoss, codes.Unimplemented:
		return false
	default:
		return true
	}
}

// line joins arguments as Println does, without the end of the line.
func line(args []any) string { return strings.TrimSpace(fmt.Sprintln(args...)) }
