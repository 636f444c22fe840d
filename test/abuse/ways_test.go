package abuse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// refusals are the answers to a filter that are refusals, and no failures.
var refusals = []string{codes.InvalidArgument.String(), codes.ResourceExhausted.String(), "400", "414", "431", cutOff, "1009", "4400"}

// cutOff is an answer that cannot be read: the server closes while the request, which it has
// refused, is still being sent.
const cutOff = "cut off"

// Each of these sends a filter another way, and returns the code of the answer, or nothing
// where the filter cannot be said that way.

func byMonitor(ctx context.Context, _ *server.Server, conn *grpc.ClientConn, f *loggerv1.LogFilter) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := loggerv1.NewLoggerClient(conn).Monitor(ctx)
	if err != nil {
		return status.Code(err).String()
	}
	if err := stream.Send(f); err != nil && !errors.Is(err, io.EOF) {
		return status.Code(err).String()
	}
	_, err = stream.Recv()
	return status.Code(err).String()
}

func byTail(ctx context.Context, _ *server.Server, conn *grpc.ClientConn, f *loggerv1.LogFilter) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := loggerv1.NewLoggerClient(conn).Tail(ctx, f)
	if err == nil {
		_, err = stream.Recv()
	}
	return status.Code(err).String()
}

func byList(ctx context.Context, _ *server.Server, conn *grpc.ClientConn, f *loggerv1.LogFilter) string {
	_, err := loggerv1.NewLoggerClient(conn).ListEntries(ctx, &loggerv1.ListEntriesRequest{
		Query: f.GetQuery(), Services: f.GetServices(), Attributes: f.GetAttributes(), Contains: f.GetContains(),
		Excludes: f.GetExcludes(), Regex: f.GetRegex(), AfterCursor: f.GetAfterCursor(),
	})
	return status.Code(err).String()
}

func byFields(ctx context.Context, _ *server.Server, conn *grpc.ClientConn, f *loggerv1.LogFilter) string {
	if f.GetQuery() == "" {
		return ""
	}
	_, err := loggerv1.NewLoggerClient(conn).ListFields(ctx, &loggerv1.ListFieldsRequest{Query: f.GetQuery()})
	return status.Code(err).String()
}

func byWebSocket(ctx context.Context, s *server.Server, _ *grpc.ClientConn, f *loggerv1.LogFilter) string {
	socket, code, err := upgrade(ctx, 0, s.HTTP, "", "")
	if err != nil || code != http.StatusSwitchingProtocols {
		return fmt.Sprint(code, err)
	}
	defer socket.Close() //nolint:errcheck // it has ended
	text, err := protojson.Marshal(f)
	if err != nil {
		return err.Error()
	}
	_, _ = socket.Write(frame(rand.New(rand.NewPCG(1, 2)), final|opText, string(text))) // the end tells
	code, _, err = socket.end()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(code)
}

func byQuery(ctx context.Context, s *server.Server, _ *grpc.ClientConn, f *loggerv1.LogFilter) string {
	if len(f.GetAttributes()) > 0 {
		return ""
	}
	values := url.Values{"services": f.GetServices(), "contains": f.GetContains(), "excludes": f.GetExcludes()}
	for name, value := range map[string]string{"query": f.GetQuery(), "regex": f.GetRegex(), "after_cursor": f.GetAfterCursor()} {
		if value != "" {
			values.Set(name, value)
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.HTTP+"/logs/tail?"+values.Encode(), http.NoBody)
	if err != nil {
		return err.Error()
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return cutOff
	}
	_ = response.Body.Close()
	return fmt.Sprint(response.StatusCode)
}
