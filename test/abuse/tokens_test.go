package abuse

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// badHeaders returns values of Authorization that must not be taken, by what is wrong with
// them. good is a token that is taken, old one that was.
func badHeaders(good, old string) map[string]string {
	sum := sha256.Sum256([]byte(good))
	secret := good[strings.LastIndex(good, "_")+1:]
	all := map[string]string{
		"none":                        "",
		"empty":                       "Bearer ",
		"no scheme":                   good,
		"another scheme":              "Basic " + base64.StdEncoding.EncodeToString([]byte("good:"+secret)),
		"a token in the wrong scheme": "Token " + good,
		"two tokens":                  "Bearer " + good + "," + good,
		"two words":                   "Bearer " + good + " " + good,
		"8 KiB":                       "Bearer " + strings.Repeat("a", 9<<10),
		"not ASCII":                   "Bearer sk_good_é" + secret,
	}
	for name, text := range map[string]string{
		"expired":                    old,
		"unknown id":                 "sk_nobody_" + secret,
		"another id":                 "sk_old_" + secret,
		"cut by one":                 good[:len(good)-1],
		"longer by one":              good + "A",
		"padded":                     good + "=",
		"one letter changed":         flip(good),
		"capitals":                   strings.ToUpper(good),
		"no secret":                  "sk_good_",
		"a secret of 8 bytes":        "sk_good_AAAAAAAAAAA",
		"a secret of zeros":          "sk_good_" + base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
		"the sum instead of it":      "sk_good_" + hex.EncodeToString(sum[:]),
		"the sum in base64":          "sk_good_" + base64.RawURLEncoding.EncodeToString(sum[:]),
		"the prefix alone":           "sk_",
		"an id that is a path":       "sk_../../etc/passwd_" + secret,
		"an id of 300 bytes":         "sk_" + strings.Repeat("a", 300) + "_" + secret,
		"null":                       "null",
		"a format":                   "sk_%s%n_%x",
		"a token with a line in it":  "sk_good_\\n" + secret,
		"a token in quotes":          `"` + good + `"`,
		"a token of another service": "ghp_" + secret,
	} {
		all[name] = "Bearer " + text
	}
	return all
}

// flip changes one letter in the middle of a secret.
func flip(token string) string {
	at := len(token) - 20
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

// TestBadTokens tries every kind of bad credential on every way in.
func TestBadTokens(t *testing.T) {
	var file access
	good := file.add("good", `read: "*", write: true`)
	old := file.add("old", `read: "*", write: true, expires: 2020-01-01T00:00:00Z`)
	idle := file.add("idle", `write: true`)
	neighbour := file.add("neighbour", `read: "*", write: true`)
	forger := newIssuer(t)
	file.rest = forger.rules(t)
	bait := startBait(t)

	bad := badHeaders(good, old)
	for name, text := range forger.forgeries(bait.address) {
		bad[name] = "Bearer " + text
	}
	refused := []string{"401", codes.Unauthenticated.String()}
	attack{
		order: 21, name: "bad tokens", expected: "401, UNAUTHENTICATED; nothing asked of those whom a token names",
		settings: server.Settings{"auth.file": file.write(t)}, token: neighbour,
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			door := knocker{s, connectTo(t, s.GRPC), connectTo(t, s.OTLPGRPC)}
			for name, header := range map[string]string{"token": "Bearer " + good, "JWT": "Bearer " + forger.sign(forger.private, nil, nil)} {
				door.all(t, "a good "+name, header, []string{"200", "101", codes.OK.String()}, &tally{})
			}
			var got tally
			for range scale(1, 20) {
				for name, header := range bad {
					door.all(t, name, header, refused, &got)
				}
			}
			door.all(t, "no grant", "Bearer "+forger.sign(forger.private, nil, claims{"groups": []string{"guests"}}),
				[]string{"403", codes.PermissionDenied.String()}, &got)
			if answer := door.get(t.Context(), "/logs", "Bearer "+idle); answer != "403" {
				t.Errorf("a token that may not read: %s", answer)
			}
			if n := bait.asked(); n > 0 {
				t.Errorf("the server has asked %d times where a token told it to", n)
			}
			return fmt.Sprintf("%d of %d kinds × %d ways in", got.total(), len(bad)+1, len(door.ways())), got.String()
		},
	}.launch(t)
}

func connectTo(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// knocker tries the ways in of a server.
type knocker struct {
	server     *server.Server
	grpc, otlp *grpc.ClientConn
}

// ways returns all of them, each with a function that says how it was answered.
func (k knocker) ways() map[string]func(ctx context.Context, header string) string {
	over := func(way string) func(context.Context, string) string {
		return func(ctx context.Context, header string) string { return k.get(ctx, way, header) }
	}
	return map[string]func(ctx context.Context, header string) string{
		"GET /logs": over("/logs?page_size=1"), "GET /logs/fields": over("/logs/fields"), "GET /logs/tail": over("/logs/tail"),
		"POST /logs": k.post, "WebSocket": k.upgrade, "sub-protocol": k.subprotocol,
		"ListEntries": k.list, "Monitor": k.monitor, "WriteEntries": k.write, "OTLP": k.export,
	}
}

// all tries each way in with a value of Authorization, and wants one of these answers.
func (k knocker) all(t *testing.T, name, header string, want []string, got *tally) {
	t.Helper()
	for way, try := range k.ways() {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		answer := try(ctx, header)
		cancel()
		if answer == "" {
			continue // it cannot be said this way
		}
		if !slices.Contains(want, answer) {
			t.Errorf("%s, %s: answered with %s", way, name, answer)
		}
		got.add(answer)
	}
}

func (k knocker) send(ctx context.Context, method, path, header, body string) string {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+k.server.HTTP+path, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	request.Close = true
	request.Header.Set("Content-Type", "application/x-ndjson")
	if header != "" {
		request.Header.Set("Authorization", header)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	_ = response.Body.Close()
	return fmt.Sprint(response.StatusCode)
}

func (k knocker) get(ctx context.Context, path, header string) string {
	return k.send(ctx, http.MethodGet, path, header, "")
}

func (k knocker) post(ctx context.Context, header string) string {
	return k.send(ctx, http.MethodPost, "/logs", header, `{"message":"hello","service":"visitor"}`)
}

func (k knocker) upgrade(ctx context.Context, header string) string {
	if header != "" {
		header = "Authorization: " + header + "\r\n"
	}
	return k.dial(ctx, header)
}

// subprotocol sends the token as browsers have to.
func (k knocker) subprotocol(ctx context.Context, header string) string {
	text, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return ""
	}
	return k.dial(ctx, "Sec-WebSocket-Protocol: logs.v1, bearer."+base64.RawURLEncoding.EncodeToString([]byte(text))+"\r\n")
}

func (k knocker) dial(ctx context.Context, header string) string {
	socket, code, err := upgrade(ctx, 0, k.server.HTTP, "", header)
	if err != nil {
		return err.Error()
	}
	if socket != nil {
		_ = socket.Close()
	}
	return fmt.Sprint(code)
}

// asking returns the context of a call with a value of authorization. ok is false if gRPC
// cannot send it.
func asking(ctx context.Context, header string) (_ context.Context, ok bool) {
	if header == "" {
		return ctx, true
	}
	for i := range len(header) {
		if header[i] < ' ' || header[i] > '~' {
			return nil, false
		}
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", header), true
}

func (k knocker) list(ctx context.Context, header string) string {
	ctx, ok := asking(ctx, header)
	if !ok {
		return ""
	}
	_, err := loggerv1.NewLoggerClient(k.grpc).ListEntries(ctx, &loggerv1.ListEntriesRequest{PageSize: 1})
	return status.Code(err).String()
}

func (k knocker) monitor(ctx context.Context, header string) string {
	ctx, ok := asking(ctx, header)
	if !ok {
		return ""
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := loggerv1.NewLoggerClient(k.grpc).Monitor(ctx)
	if err != nil {
		return status.Code(err).String()
	}
	_ = stream.Send(&loggerv1.LogFilter{Notices: true}) // the answer tells
	_, err = stream.Recv()
	return status.Code(err).String()
}

func (k knocker) write(ctx context.Context, header string) string {
	ctx, ok := asking(ctx, header)
	if !ok {
		return ""
	}
	_, err := loggerv1.NewLoggerClient(k.grpc).WriteEntries(ctx, &loggerv1.WriteEntriesRequest{
		Entries: []*loggerv1.LogEntry{{Service: "visitor", Message: "hello"}},
	})
	return status.Code(err).String()
}

func (k knocker) export(ctx context.Context, header string) string {
	ctx, ok := asking(ctx, header)
	if !ok {
		return ""
	}
	_, err := plogotlp.NewGRPCClient(k.otlp).Export(ctx, plogotlp.NewExportRequest())
	return status.Code(err).String()
}

// bait is an address that nobody has a reason to ask.
type bait struct {
	address string
	count   func() int
}

func (b bait) asked() int { return b.count() }

// startBait listens until the test ends, and counts who comes.
func startBait(t *testing.T) bait {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	var came tally
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			came.add("connection")
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return bait{l.Addr().String(), came.total}
}
