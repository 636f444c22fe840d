package docs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/openapi"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// The AsyncAPI document has the same close codes as the page, with the same advice.
func TestCloseCodesAreThoseOfAsyncAPI(t *testing.T) {
	var document struct {
		Channels struct {
			Monitor struct{ Description string }
		}
	}
	if err := yaml.Unmarshal(openapi.AsyncYAML, &document); err != nil {
		t.Fatal(err)
	}
	var theirs, ours []string
	for line := range strings.Lines(document.Channels.Monitor.Description) {
		if cells := strings.Split(line, "|"); len(cells) == 5 && strings.TrimSpace(cells[1]) != "code" && cells[1] != "---" {
			theirs = append(theirs, strings.TrimSpace(cells[1])+": "+strings.TrimSpace(cells[3]))
		}
	}
	for _, row := range table(t, "websocket.md", "Code", "Status", "When", "Come back?") {
		ours = append(ours, row[0]+": "+row[3])
	}
	if !slices.Equal(theirs, ours) {
		t.Errorf("the page has\n%s\nthe AsyncAPI document\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}

// endings are what brings a stream to its end, by the close code of the page. The others
// are for what this server does not do, or for its own faults; a test of the gateway has
// them.
var endings = map[string]func(c *websocket.Conn) error{
	"1002": func(c *websocket.Conn) error {
		unmasked := []byte{0x81, 0x02, '{', '}'}
		_, err := c.NetConn().Write(unmasked)
		return err
	},
	"1007": func(c *websocket.Conn) error {
		return c.WriteMessage(websocket.TextMessage, []byte("{\"query\": \"\xff\"}"))
	},
	"1009: fragments": func(c *websocket.Conn) error {
		_, err := c.NetConn().Write(fragments(130))
		return err
	},
	"1008: pings": func(c *websocket.Conn) error {
		ping := []byte{0x89, 0x80, 0, 0, 0, 0}
		_, err := c.NetConn().Write(bytes.Repeat(ping, 40))
		return err
	},
	"1009: length": func(c *websocket.Conn) error {
		return c.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte(" "), 70<<10))
	},
	"4400": func(c *websocket.Conn) error {
		return c.WriteMessage(websocket.TextMessage, []byte(`{"after_cursor": "garbled"}`))
	},
	"4504": func(*websocket.Conn) error { return nil },
}

// fragments returns so many frames of one text message that does not end.
func fragments(n int) []byte {
	const text, continuation = 0x01, 0x00
	frames := []byte{text, 0x81, 0, 0, 0, 0, ' '}
	for range n - 1 {
		frames = append(frames, continuation, 0x81, 0, 0, 0, 0, ' ')
	}
	return frames
}

// endsWith reads to the end of a stream, and returns an error unless it is this one.
func endsWith(c *websocket.Conn, end string) error {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if closed, ok := err.(*websocket.CloseError); ok && strings.HasPrefix(fmt.Sprintf("%d %s", closed.Code, closed.Text), end) { //nolint:errorlint // as the library returns it.
				return nil
			}
			return fmt.Errorf("ended with %w, want %s", err, end)
		}
	}
}

// Streams that break a limit of the page end with its code.
func TestLimitsEndStreams(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, server.Settings{"stream.first_filter_timeout": "1s"}))
	for name, provoke := range endings {
		t.Run(name, func(t *testing.T) {
			c := socket(t, s)
			if err := provoke(c); err != nil {
				t.Fatal(err)
			}
			code, _, _ := strings.Cut(name, ":")
			if err := endsWith(c, code); err != nil {
				t.Error(err)
			}
		})
	}
}

// A client that answers no ping is told why it is let go.
func TestSilentClientIsLetGo(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, server.Settings{
		"websocket.ping_interval": "1s", "websocket.pong_timeout": "1s",
	}))
	c := socket(t, s)
	c.SetPingHandler(func(string) error { return nil })
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{"query": "x"}`)); err != nil {
		t.Fatal(err)
	}
	if err := endsWith(c, "1001 UNAVAILABLE"); err != nil {
		t.Error(err)
	}
}
