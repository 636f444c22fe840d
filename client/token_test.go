package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

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

// tokenOf returns the token of a call.
func tokenOf(c call) string {
	values := metadata.ValueFromIncomingContext(c.Context(), "authorization")
	return strings.TrimPrefix(strings.Join(values, ","), "Bearer ")
}

// numbered is a source whose tokens count from 1.
func numbered() client.Option {
	n := 0
	return client.WithTokenSource(func(context.Context) (string, error) {
		n++
		return fmt.Sprint(n), nil
	})
}

// A stream whose credential expires asks for another one and goes on with the next entry.
func TestExpiredCredentialIsRenewed(t *testing.T) {
	s := play(
		t, []client.Option{numbered()},
		func(c call) error {
			wantFilter(c, "a", nil)
			c.send(applied(1, "0"), entry("1", 1), goodbye(loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, "2"))
			return status.Error(codes.Unauthenticated, "expired")
		},
		func(c call) error {
			if got := tokenOf(c); got != "2" {
				t.Errorf("the second stream has the token %q", got)
			}
			wantFilter(c, "a", after("2"))
			c.send(applied(1, "2"), entry("3", 1))
			return nil
		},
	)
	mustSend(t, s, &loggerv1.LogFilter{Query: "a"})
	wantEntry(t, s, "1", 1)
	wantEntry(t, s, "3", 1)
}

// It asks once: what is refused at the beginning of a stream is the caller's to know.
func TestExpiredCredentialThatCannotBeRenewed(t *testing.T) {
	for name, opt := range map[string]client.Option{"token": client.WithToken("1"), "source": numbered()} {
		t.Run(name, func(t *testing.T) {
			s := play(
				t, []client.Option{opt},
				func(c call) error {
					c.filter()
					c.send(applied(1, "0"), goodbye(loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, "0"))
					return status.Error(codes.Unauthenticated, "expired")
				},
				func(call) error { return status.Error(codes.Unauthenticated, "still expired") },
			)
			mustSend(t, s, nil)
			if _, err := s.Recv(); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "still expired") {
				t.Errorf("Recv = %v, want the answer to the second attempt", err)
			}
		})
	}
}

// A source that fails ends the stream, unless it says that this will pass.
func TestTokenSourceThatFails(t *testing.T) {
	fails := errors.New("the vault is sealed")
	attempts := 0
	c := serve(t, &script{t: t}, client.WithTokenSource(func(context.Context) (string, error) {
		attempts++
		return "", fails
	}))
	if _, err := c.Monitor(t.Context()); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "the vault is sealed") {
		t.Errorf("Monitor = %v, want UNAUTHENTICATED and why", err)
	}
	if attempts != 1 {
		t.Errorf("the source was asked %d times", attempts)
	}
}

func TestTokenSourceThatFailsForNow(t *testing.T) {
	asked := 0
	source := client.WithTokenSource(func(context.Context) (string, error) {
		if asked++; asked == 2 || asked == 3 {
			return "", status.Error(codes.Unavailable, "later")
		}
		return "token", nil
	})
	s := play(
		t, []client.Option{source},
		func(c call) error {
			c.filter()
			c.send(entry("1", 1))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "", after("1"))
			c.send(entry("2", 1))
			return nil
		},
	)
	mustSend(t, s, nil)
	wantEntry(t, s, "1", 1)
	wantEntry(t, s, "2", 1)
	if asked != 4 {
		t.Errorf("the source was asked %d times, want 4", asked)
	}
}

// What a source returns goes into a header only if it can be a token.
func TestTokenSourceWithALineEnd(t *testing.T) {
	c := serve(t, &script{t: t}, client.WithTokenSource(func(context.Context) (string, error) { return "secret\r\nX: y", nil }))
	_, err := c.Monitor(t.Context())
	if status.Code(err) != codes.Unauthenticated || strings.Contains(err.Error(), "secret") {
		t.Errorf("Monitor = %v, want UNAUTHENTICATED without the token", err)
	}
}

func TestPlaintextTokenMustBeAskedFor(t *testing.T) {
	const elsewhere = "logs.example.com:443"
	_, err := client.Dial(elsewhere, numbered())
	if !errors.Is(err, client.ErrNotEncrypted) {
		t.Errorf("Dial = %v, want ErrNotEncrypted", err)
	}
	c, err := client.Dial(elsewhere, numbered(), client.WithPlaintextToken())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
