package cli

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestExplain(t *testing.T) {
	refused, err := status.New(codes.InvalidArgument, "unused").WithDetails(protoadapt.MessageV1Of(
		&loggerv1.Rejected{Field: "query", Message: "no such thing", Hint: "try another", Begin: 2, End: 3}))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		err  error
		code int
		want string
	}{
		"connection": {
			status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"`),
			exitNoServer, "cannot connect: tcp 127.0.0.1:1: connect: connection refused\n",
		},
		"no token":    {status.Error(codes.Unauthenticated, "no token"), exitNotAllowed, "not allowed: no token\n"},
		"wrong token": {status.Error(codes.PermissionDenied, "not yours"), exitNotAllowed, "not allowed: not yours\n"},
		"bad filter":  {refused.Err(), exitUsage, "bad filter: no such thing\n  a b\n    ^\nHint: try another"},
		"wrapped":     {fail(exitGap, "missing"), exitGap, "missing"},
		"another":     {errors.New("broken"), exitFailed, "broken"},
		"internal":    {status.Error(codes.Internal, "the server failed"), exitFailed, "the server failed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := explain(test.err, "a b")
			if got.code != test.code || !strings.HasPrefix(got.text, test.want) {
				t.Errorf("explain = %d, %q; want %d, %q", got.code, got.text, test.code, test.want)
			}
		})
	}
}
