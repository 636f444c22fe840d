package client_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/metadata"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// headers is a server that remembers the headers of a call.
type headers struct {
	loggerv1.UnimplementedLoggerServer
	seen metadata.MD
}

func (h *headers) ListFields(ctx context.Context, _ *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error) {
	h.seen, _ = metadata.FromIncomingContext(ctx)
	return &loggerv1.ListFieldsResponse{}, nil
}

func TestTokenAndUserAgent(t *testing.T) {
	h := &headers{}
	c := serve(t, h, client.WithToken("abc"), client.WithUserAgent("bot/1"))
	if _, err := c.Fields(t.Context(), &loggerv1.ListFieldsRequest{}); err != nil {
		t.Fatal(err)
	}
	if got := h.seen.Get("authorization"); len(got) != 1 || got[0] != "Bearer abc" {
		t.Errorf("authorization = %q", got)
	}
	if got := h.seen.Get("user-agent"); len(got) != 1 || got[0][:6] != "bot/1 " {
		t.Errorf("user-agent = %q", got)
	}
}
