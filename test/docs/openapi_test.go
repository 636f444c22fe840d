package docs

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-2f16ea30/logsieve/internal/docs"
	"github.com/seed-2f16ea30/logsieve/internal/door"
	"github.com/seed-2f16ea30/logsieve/internal/web"
	"github.com/seed-2f16ea30/logsieve/openapi"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	d, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// elsewhere are routes that the document leaves out: what others have specified.
var elsewhere = map[string]string{
	"/v1/logs":          "OTLP, on an address of its own",
	"/loki/api/v1/push": "Loki's",
}

// Every route of the server is described, but for the pages, and nothing else is.
func TestRoutesAreThoseOfTheDocument(t *testing.T) {
	pages := slices.Concat(docs.Patterns(), web.Patterns())
	served := map[string]bool{}
	for route := range door.Permissions() {
		method, path, overHTTP := strings.Cut(route, " ")
		if overHTTP && method != "HEAD" && elsewhere[path] == "" && !slices.Contains(pages, path) {
			served[route] = true
		}
	}
	described := map[string]bool{}
	for path, item := range document(t).Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("(-served +described)\n%s", diff)
	}
}

// exchange is a request, and what the document says of its answer.
type exchange struct {
	method, path, mediaType, body, token string

	status  string // as in the document
	answer  string // media type of the answer, "" for JSON
	example string // its name, "" where none is of this request
	lines   int    // how much is read of an answer that does not end; 0: all
}

// target says which operation it is, as the document names it.
func (e *exchange) target() (method, path string) {
	path, _, _ = strings.Cut(e.path, "?")
	return e.method, path
}

// exchanges returns a request for each kind of answer that can be had from a server that
// works, and each example. Those with a token are for a server that asks for one.
func exchanges(readOnly, writeOnly string) (open, guarded []exchange) {
	const get, post, last = http.MethodGet, http.MethodPost, "?query=order&last=1"
	for _, path := range []string{"/logs/tail", "/logs/monitor"} {
		open = append(
			open,
			exchange{method: get, path: path + last, status: "200", answer: "application/x-ndjson", example: "stream", lines: 1},
			exchange{method: get, path: path + last, status: "200", answer: "text/event-stream", example: "stream", lines: 2},
		)
	}
	for _, path := range []string{"/logs/tail", "/logs/monitor", "/logs", "/logs/fields"} {
		open = append(open, exchange{method: get, path: path + "?query=severity%3E%3D", status: "400", example: "query"})
		guarded = append(
			guarded,
			exchange{method: get, path: path, status: "401", example: "missing"},
			exchange{method: get, path: path, status: "403", example: "read", token: writeOnly},
		)
	}
	const many = `{"entries": [{"message": "a"}, {"message": "b", "trace_id": "0af76"}, {"message": "c"}]}`
	open = append(
		open,
		exchange{method: get, path: "/logs", status: "200"},
		exchange{method: get, path: "/logs/fields", status: "200"},
		exchange{method: post, path: "/logs", mediaType: "application/json", body: many, status: "200", example: "stored"},
		exchange{method: post, path: "/logs", mediaType: "application/json", body: `{"entires": []}`, status: "400"},
		exchange{method: post, path: "/logs", mediaType: "application/json", body: strings.Repeat(" ", 5<<20), status: "413", example: "large"},
		exchange{method: post, path: "/logs", mediaType: "text/csv", body: "a,b", status: "415", example: "type"},
		exchange{method: get, path: "/livez", status: "200", answer: "text/plain"},
		exchange{method: get, path: "/readyz", status: "200", answer: "text/plain"},
		exchange{method: get, path: "/healthz", status: "200", answer: "text/plain"},
	)
	guarded = append(
		guarded,
		exchange{method: post, path: "/logs", mediaType: "application/json", body: "[]", status: "401", example: "missing"},
		exchange{method: post, path: "/logs", mediaType: "application/json", body: "[]", status: "403", token: readOnly},
	)
	return open, guarded
}

// unprovoked are the examples of answers for which nothing is done here: those of a server
// that is being stopped, and those whose request is of another operation.
func unprovoked(example string) bool {
	return strings.Contains(example, " 503 ") || example == "POST /logs 400 query" || example == "POST /logs 403 read"
}

// Requests are answered as the document says: with a status that it has for them, in the
// form that it has for it, and, where it shows an example, with that.
func TestAnswersAreThoseOfTheDocument(t *testing.T) {
	d := document(t)
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	access := filepath.Join(t.TempDir(), "access.yaml")
	readOnly, writeOnly := newToken(t, access, "--read", "*"), newToken(t, access, "--write")
	asking := server.Start(t, server.Plain, server.NewSettings(t, server.Settings{"auth.file": access}))
	sendRequests(t, d, s)
	written, err := json.Marshal(shownMessages(t)["entry"][0].Payload["result"])
	if err != nil {
		t.Fatal(err)
	}
	posted(t, s, string(written)+"\n")

	tried := map[string]bool{}
	open, guarded := exchanges(readOnly, writeOnly)
	for on, all := range map[*server.Server][]exchange{s: open, asking: guarded} {
		for _, e := range all {
			method, path := e.target()
			name := fmt.Sprintf("%s %s %s %s", method, path, e.status, e.example)
			tried[name] = true
			t.Run(name, func(t *testing.T) { e.check(t, d, on) })
		}
	}
	for name := range answersShown(d) {
		if !tried[name] && !unprovoked(name) {
			t.Errorf("nothing is done to get the answer %s", name)
		}
	}
}

// newToken makes a token of an access file.
func newToken(t *testing.T, access string, flags ...string) string {
	t.Helper()
	out, err := exec.Command(server.Plain.Path(t), append([]string{"token", "new", "--name", "docs", "--file", access}, flags...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// sendRequests sends each request that the document shows, which must be taken.
func sendRequests(t *testing.T, d *openapi3.T, s *server.Server) {
	t.Helper()
	found := 0
	for mediaType, content := range d.Paths.Value("/logs").Post.RequestBody.Value.Content {
		for name, example := range content.Examples {
			found++
			body, err := json.Marshal(example.Value.Value)
			if err != nil {
				t.Fatal(err)
			}
			e := exchange{method: http.MethodPost, path: "/logs", mediaType: mediaType, body: string(body), status: "200"}
			answer := e.check(t, d, s)
			var stored struct{ Accepted int }
			if err := json.Unmarshal([]byte(answer), &stored); err != nil || stored.Accepted != 1 {
				t.Errorf("the example %s was answered with %s", name, answer)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d requests are shown: are they found?", found)
	}
}

// answersShown returns the examples of answers, by names as the tests have.
func answersShown(d *openapi3.T) map[string]bool {
	all := map[string]bool{}
	for path, item := range d.Paths.Map() {
		for method, operation := range item.Operations() {
			for status, response := range operation.Responses.Map() {
				for _, content := range response.Value.Content {
					for name := range maps.Keys(content.Examples) {
						all[fmt.Sprintf("%s %s %s %s", method, path, status, name)] = true
					}
				}
			}
		}
	}
	return all
}

// check sends the request and compares the answer, which it returns.
func (e *exchange) check(t *testing.T, d *openapi3.T, s *server.Server) string {
	t.Helper()
	method, path := e.target()
	response := d.Paths.Value(path).Operations()[method].Responses.Value(e.status)
	if response == nil {
		t.Fatalf("%s is not described", e.status)
	}
	want := e.answer
	if want == "" {
		want = "application/json"
	}
	content := response.Value.Content[want]
	if content == nil {
		t.Fatalf("%s is not described for %s", want, e.status)
	}
	code, mediaType, answer := e.send(t, s)
	if got := fmt.Sprint(code); got != e.status || !strings.HasPrefix(mediaType, want) {
		t.Fatalf("answered with %s %s, want %s %s\n%s", got, mediaType, e.status, want, answer)
	}
	e.compare(t, content, answer)
	return answer
}

// compare checks an answer against the schema, and against the example.
func (e *exchange) compare(t *testing.T, content *openapi3.MediaType, answer string) {
	t.Helper()
	text := answer
	if _, data, ok := strings.Cut(answer, "\ndata: "); ok {
		text = data
	}
	if e.answer != "text/plain" && e.answer != "text/event-stream" {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := content.Schema.Value.VisitJSON(value); err != nil {
			t.Errorf("not of its schema: %v", err)
		}
	}
	switch shown := content.Examples[e.example]; {
	case e.example == "" && content.Example != nil && content.Example != answer:
		t.Errorf("answered with %q, the document shows %q", answer, content.Example)
	case shown != nil:
		if diff := cmp.Diff(still(t, e.text(t, shown.Value.Value)), still(t, text)); diff != "" {
			t.Errorf("(-document +server)\n%s", diff)
		}
	case e.example != "":
		t.Errorf("the document has no example %s", e.example)
	}
}

// text returns an example as JSON.
func (e *exchange) text(t *testing.T, value any) string {
	t.Helper()
	if event, ok := value.(string); ok {
		_, data, _ := strings.Cut(event, "\ndata: ")
		return data
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// send sends the request and returns the answer, or its first lines.
func (e *exchange) send(t *testing.T, s *server.Server) (code int, mediaType, answer string) {
	t.Helper()
	header := map[string]string{"Accept": e.answer}
	if e.mediaType != "" {
		header["Content-Type"] = e.mediaType
	}
	if e.token != "" {
		header["Authorization"] = "Bearer " + e.token
	}
	if e.lines == 0 {
		return ask(t, s, e.method, e.path, e.body, header)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp := begin(ctx, t, s, e.method, e.path, e.body, header)
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	for n := 0; n < e.lines && lines.Scan(); n++ {
		answer += lines.Text() + "\n"
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), strings.TrimSpace(answer)
}
