package client_test

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// guardedServer runs a server that lets in who shows the tokens of an issuer, and returns
// what makes one that is good for so long.
func guardedServer(t *testing.T) (addresses app.Addresses, token func(time.Duration) string) {
	t.Helper()
	issuer := authtest.NewIssuer(t)
	authority := authtest.WriteFile(t, "ca.pem", issuer.Authority)
	cfg := apptest.Config(t)
	cfg.Auth.File = authtest.WriteFile(t, "access.yaml", []byte("jwt:\n- issuer: "+issuer.Name+"\n  ca_file: "+authority+
		"\n  audiences: [logsieve]\n  algorithms: [ES256]\n  grants: [{read: '*', write: true}]\n"))
	return apptest.Start(t, cfg).Addresses, func(life time.Duration) string {
		claims := issuer.Claims("alice")
		claims["exp"] = time.Now().Add(life - jwt.Skew).Unix() // within the skew, it is still taken
		return issuer.Key("ES256").Sign(t, claims)
	}
}

// short is a life that ends during a test: above two seconds, since claims have whole ones.
const short = 3 * time.Second

// A token expires under a stream while entries come in. The stream goes on with the next
// token, and every entry is there once.
func TestRenewal(t *testing.T) {
	t.Parallel()
	addresses, token := guardedServer(t)
	server := addresses.GRPC
	writer := dial(t, server, client.WithToken(token(time.Hour)))
	asked := atomic.Int32{}
	reader := dial(t, server, quick(), client.WithTokenSource(func(context.Context) (string, error) {
		if asked.Add(1) == 1 {
			return token(short), nil
		}
		return token(time.Hour), nil
	}))
	stream, err := reader.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close() //nolint:errcheck // returns nil
	mustSend(t, stream, &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Now().Add(-time.Hour))}})

	ctx, stop := context.WithCancel(t.Context())
	written := make(chan error, 1)
	go func() { written <- writeNumbers(ctx, writer) }()
	const behind = 100 // entries after the token was renewed
	seen, renewed := 0, 0
	for ; renewed < behind; seen++ {
		if e := mustRecv(t, stream); e.GetMessage() != strconv.Itoa(seen) {
			t.Fatalf("got entry %q, want %d; the token was asked for %d times", e.GetMessage(), seen, asked.Load())
		}
		if asked.Load() > 1 {
			renewed++
		}
	}
	stop()
	if err := <-written; status.Code(err) != codes.Canceled {
		t.Error(err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the token was asked for %d times, want 2", n)
	}
}

// writeNumbers writes entries 0, 1, 2, … until ctx ends.
func writeNumbers(ctx context.Context, c *client.Client) error {
	for n := 0; ; n++ {
		if _, err := c.Write(ctx, &loggerv1.LogEntry{Message: strconv.Itoa(n)}); err != nil {
			return err
		}
	}
}

// Without another token, a stream whose token has expired ends and says why.
func TestNoRenewal(t *testing.T) {
	t.Parallel()
	server, token := guardedServer(t)
	for _, err := range dial(t, server.GRPC, quick(), client.WithToken(token(short))).Tail(t.Context(), nil) {
		if err == nil {
			t.Fatal("got an entry")
		}
		if status.Code(err) != codes.Unauthenticated || !strings.HasPrefix(status.Convert(err).Message(), "the credential has expired") {
			t.Errorf("Tail = %v", err)
		}
	}
}
