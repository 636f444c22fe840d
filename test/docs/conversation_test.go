package docs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// socket opens a WebSocket to a server.
func socket(t *testing.T, s *server.Server) *websocket.Conn {
	t.Helper()
	c, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+s.HTTP+"/logs/monitor", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close() // it has none
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

// varying are the values that differ from one server to the next. In conversations they
// are written as an ellipsis.
var varying = map[string]bool{
	"cursor": true, "from_cursor": true, "to_cursor": true, "head_cursor": true,
	"observed_timestamp": true,
}

// still returns a message with an ellipsis for whatever varies.
func still(t *testing.T, message string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(message), &value); err != nil {
		t.Fatalf("%s: %v", message, err)
	}
	return hide(value)
}

func hide(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	for key, inner := range object {
		switch {
		case varying[key]:
			object[key] = "…"
		case key == "details":
			object[key] = []any{"…"}
		default:
			object[key] = hide(inner)
		}
	}
	return object
}

// converse holds a conversation: each line is something that the client does, a message
// that the server must send next, or how it must close.
func converse(t *testing.T, s *server.Server, conversation string) {
	t.Helper()
	c := socket(t, s)
	for line := range strings.Lines(conversation) {
		line = strings.TrimSpace(line)
		if err := step(t, s, c, line); err != nil {
			t.Fatalf("%s\n%v", line, err)
		}
	}
}

// step does what a line of a conversation says.
func step(t *testing.T, s *server.Server, c *websocket.Conn, line string) error {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case ">":
		if rest == "close 1000" {
			return c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(patience))
		}
		return c.WriteMessage(websocket.TextMessage, []byte(rest))
	case "<":
		_, got, err := c.ReadMessage()
		if err != nil {
			return err
		}
		if diff := cmp.Diff(still(t, rest), still(t, string(got))); diff != "" {
			return fmt.Errorf("(-page +server)\n%s", diff)
		}
		return nil
	case "closed":
		return closes(c, rest)
	default:
		if line != "the server is stopped" {
			return fmt.Errorf("not a line of a conversation")
		}
		return s.Signal(syscall.SIGTERM)
	}
}

// closes returns an error unless the connection is closed next, with this code and a
// reason that begins so.
func closes(c *websocket.Conn, end string) error {
	kind, message, err := c.ReadMessage()
	closed, ok := err.(*websocket.CloseError) //nolint:errorlint // as the library returns it.
	if !ok {
		return fmt.Errorf("not closed: message %d %s, %w", kind, message, err)
	}
	if got := strings.TrimSpace(fmt.Sprintf("%d %s", closed.Code, closed.Text)); !strings.HasPrefix(got, end) {
		return fmt.Errorf("closed with %q", got)
	}
	return nil
}

// posted writes the entries of a page into a server, as lines.
func posted(t *testing.T, s *server.Server, lines string) {
	t.Helper()
	r := run(t, t.TempDir(), "curl", "-sS", "--fail", "-H", "Content-Type: application/x-ndjson",
		"--data-binary", "@"+file(t, "entries", lines), "http://"+s.HTTP+"/logs")
	r.await(t, `"accepted":`)
}

// The conversations of docs/websocket.md, each on a stream of its own, in the order of the
// page, whose last one stops the server.
func TestConversations(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	named := blocks(t, "websocket.md")
	posted(t, s, named["entries"])
	order := []string{"filters", "first-wrong", "later-wrong", "gap", "closed", "goodbye"}
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			text, ok := named[name]
			if !ok {
				t.Fatal("the page has no such conversation")
			}
			converse(t, s, text)
		})
	}
	if code, err := s.Wait(); code != 0 || err != nil {
		t.Errorf("stopping the server: %d, %v", code, err)
	}
	if n := len(regexp.MustCompile("(?m)^```text [a-z-]+$").FindAllString(page(t, "websocket.md"), -1)); n != len(order)+1 {
		t.Errorf("the page has %d conversations, the test %d, and one of server-sent events", n, len(order))
	}
}

// What the page shows of server-sent events is what curl prints.
func TestServerSentEvents(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	named := blocks(t, "websocket.md")
	posted(t, s, named["entries"])
	r := runShell(t, s, local(s, named["sse"]))
	wantID, wantData, _ := strings.Cut(strings.TrimSpace(named["sse-output"]), "\n")
	id := r.await(t, "")[0]
	data := r.await(t, "")[0]
	if !strings.HasPrefix(id, strings.TrimSuffix(wantID, "…")) {
		t.Errorf("got %q, want %q", id, wantID)
	}
	field := "data: "
	if diff := cmp.Diff(still(t, strings.TrimPrefix(wantData, field)), still(t, strings.TrimPrefix(data, field))); diff != "" {
		t.Errorf("(-page +server)\n%s", diff)
	}
	if !strings.Contains(data, strings.TrimPrefix(id, "id: ")) {
		t.Errorf("%q is not the cursor of %s", id, data)
	}
}
