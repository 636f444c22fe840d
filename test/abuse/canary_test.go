package abuse

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// canary is a secret that is sent in every place where secrets stand, and must not be found
// anywhere.
const canary = "cAnArY7fQ2"

// TestCanary sends secrets in tokens and queries, and looks for them in what the server
// logs, in its metrics and in its answers. What it logs at the level debug may have queries
// in it, but no token.
func TestCanary(t *testing.T) {
	for i, level := range []string{"info", "debug"} {
		t.Run(level, func(t *testing.T) {
			var file access
			good := file.add("good", `read: "*", write: true`)
			neighbour := file.add("neighbour", `read: "*", write: true`)
			attack{
				order: 90 + i, name: "a canary in tokens and queries, log.level: " + level,
				expected: "found 0 times in log, metrics and errors, but for the wrong word that an error quotes to who has sent it",
				settings: server.Settings{"log.level": level, "auth.file": file.write(t)}, token: neighbour,
				run: func(t *testing.T, s *server.Server) (string, string) {
					t.Helper()
					r := &rookery{server: s, conn: connectTo(t, s.GRPC), good: good}
					for range scale(1, 20) {
						r.tokens(t.Context())
						if level == "info" {
							r.queries(t.Context())
						}
					}
					found := r.search(t)
					return fmt.Sprint(r.sent), fmt.Sprintf("%d times", found)
				},
			}.launch(t)
		})
	}
}

// rookery sends canaries and keeps what was answered.
type rookery struct {
	server  *server.Server
	conn    *grpc.ClientConn
	good    string // a token that is taken
	sent    int
	answers strings.Builder
}

// tokens sends the canary where tokens stand.
func (r *rookery) tokens(ctx context.Context) {
	encoded := base64.RawURLEncoding.EncodeToString([]byte(canary))
	for _, header := range []string{
		"Bearer sk_good_" + canary + strings.Repeat("A", 33), "Bearer sk_" + canary + "_" + strings.Repeat("A", 43), "Bearer " + canary,
		"Basic " + canary, canary, "Bearer e30." + canary + ".AAAA", "Bearer " + encode(marshal(claims{"alg": "EdDSA", "kid": canary})) + "." +
			encode(marshal(claims{"iss": canary})) + "." + canary,
	} {
		r.ask(ctx, "/logs?page_size=1", http.Header{"Authorization": {header}})
		r.call(metadata.AppendToOutgoingContext(ctx, "authorization", header), &loggerv1.LogFilter{})
		r.upgrade(ctx, "", "Authorization: "+header+"\r\n")
	}
	for _, path := range []string{"/logs?token=" + canary, "/logs?access_token=" + canary, "/logs/monitor?token=" + canary} {
		r.ask(ctx, path, nil)
	}
	r.ask(ctx, "/logs", http.Header{"Cookie": {"token=" + canary}})
	r.upgrade(ctx, "", "Sec-WebSocket-Protocol: Bearer, "+canary+"\r\n")
	r.upgrade(ctx, "", "Sec-WebSocket-Protocol: logs.v1, bearer."+encoded+"\r\n")
	r.upgrade(ctx, "?token="+canary, "")
}

// queries sends it where queries stand: in those that are good, and in those that are not.
func (r *rookery) queries(ctx context.Context) {
	admitted := metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+r.good)
	header := http.Header{"Authorization": {"Bearer " + r.good}}
	for _, query := range []string{
		"message=" + canary, canary, "attributes.password=" + canary, `message=~"` + canary + `.*"`, `"` + canary + `" AND (`,
		canary + ` AND`, `service=` + canary + ` )`, `-` + canary + ` OR`,
	} {
		r.call(admitted, &loggerv1.LogFilter{Query: query, Begin: &loggerv1.LogFilter_Last{Last: 1}})
		r.call(admitted, &loggerv1.LogFilter{Contains: []string{canary}, Query: "severity>="})
		r.ask(ctx, "/logs?page_size=1&query="+url.QueryEscape(query), header)
		r.upgrade(ctx, "?query="+url.QueryEscape(query+" severity>="), "Authorization: Bearer "+r.good+"\r\n")
	}
	// Where the canary is the mistake, the answer quotes it, to nobody but who has sent it.
	kept := r.answers.String()
	for _, query := range []string{`message=~"(` + canary + `"`, `"` + canary, `severity=` + canary, `timestamp>` + canary, canary + `=1`} {
		r.call(admitted, &loggerv1.LogFilter{Query: query})
		r.ask(ctx, "/logs?query="+url.QueryEscape(query), header)
	}
	r.answers.Reset()
	r.answers.WriteString(kept)
	r.ask(ctx, "/logs?after_cursor="+canary, header)
	r.ask(ctx, "/logs?page_token="+canary, header)
}

// ask sends a request and keeps the answer.
func (r *rookery) ask(ctx context.Context, path string, header http.Header) {
	r.sent++
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.server.HTTP+path, http.NoBody)
	if err != nil {
		fmt.Fprintln(&r.answers, "the request cannot be made") // err repeats it
		return
	}
	request.Close = true
	maps.Copy(request.Header, header)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	_, _ = io.Copy(&r.answers, response.Body)
	_ = response.Body.Close()
	_ = response.Header.Write(&r.answers) // into memory
}

// call opens a stream and keeps the answer.
func (r *rookery) call(ctx context.Context, f *loggerv1.LogFilter) {
	r.sent++
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.Notices = true
	stream, err := loggerv1.NewLoggerClient(r.conn).Monitor(ctx)
	if err == nil {
		_ = stream.Send(f) // the answer tells
		_, err = stream.Recv()
	}
	if err != nil {
		fmt.Fprintln(&r.answers, err)
	}
}

// upgrade asks for a WebSocket and keeps the first frame of one that is opened.
func (r *rookery) upgrade(ctx context.Context, query, header string) {
	r.sent++
	s, _, err := upgrade(ctx, r.sent, r.server.HTTP, query, header)
	if err != nil || s == nil {
		return
	}
	defer s.Close() //nolint:errcheck // it was only read
	if _, payload, err := s.frame(); err == nil {
		r.answers.Write(payload)
	}
}

// search counts how often the canary was found.
func (r *rookery) search(t *testing.T) (found int) {
	t.Helper()
	for name, text := range map[string]string{
		"log": r.server.Log(), "metrics": r.server.Metrics(t), "errors": r.answers.String(),
	} {
		if text == "" {
			t.Errorf("there is nothing to look through in %s", name)
		}
		for _, form := range []string{canary, base64.RawURLEncoding.EncodeToString([]byte(canary)), strings.TrimPrefix(r.good, "sk_good_")} {
			n := strings.Count(text, form)
			if n > 0 {
				i := strings.Index(text, form)
				t.Errorf("%d times in %s: %q", n, name, text[max(i-200, 0):min(i+100, len(text))])
			}
			found += n
		}
	}
	return found
}
