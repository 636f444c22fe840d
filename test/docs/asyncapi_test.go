package docs

import (
	"encoding/json"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/openapi"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// sample is an example of a message in the AsyncAPI document.
type sample struct {
	Name    string
	Payload map[string]any
}

// json returns the example as it is sent.
func (s sample) json(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(s.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shownMessages returns the examples of each message of the AsyncAPI document.
func shownMessages(t *testing.T) map[string][]sample {
	t.Helper()
	var document struct {
		Components struct {
			Messages map[string]struct{ Examples []sample }
		}
	}
	if err := yaml.Unmarshal(openapi.AsyncYAML, &document); err != nil {
		t.Fatal(err)
	}
	all := map[string][]sample{}
	for name, m := range document.Components.Messages {
		all[name] = m.Examples
	}
	return all
}

// provocations are the filters after which the server sends what an example shows. The log
// has the entry of the example "entry" three times, and nothing else.
var provocations = map[string][]string{
	"entry":     {`{"last": 1}`},
	"applied":   {`{"query": "severity>=ERROR", "notices": true}`},
	"caught_up": {`{"notices": true}`},
	"progress":  {`{"last": 1, "notices": true}`},
	"rejected":  {`{}`, `{"query": "severity>="}`},
	"gap":       {`{"last": 3, "max_entries_per_second": 1}`},
	"error":     {`{"query": "severity>="}`},
	"goodbye":   {`{"last": 1}`}, // and when it is in force, the server is stopped
}

// The server sends what the AsyncAPI document shows as examples, word for word but for
// cursors and the like.
func TestAsyncAPIExamplesAreSent(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	messages := shownMessages(t)
	entry := messages["entry"][0].Payload["result"]
	line, err := json.Marshal(entry)
	if err != nil {
		t.Fatal(err)
	}
	posted(t, s, fmt.Sprintf("%s\n%s\n%s\n", line, line, line))
	var last []sample // the goodbye, for which the server is stopped
	for _, example := range slices.Concat(messages["entry"], messages["notice"], messages["error"]) {
		if example.Name == "goodbye" {
			last = append(last, example)
			continue
		}
		t.Run(example.Name, func(t *testing.T) { provoke(t, s, example) })
	}
	for _, example := range last {
		t.Run(example.Name, func(t *testing.T) { provoke(t, s, example) })
	}
	if len(last) != 1 {
		t.Errorf("there are %d examples of a goodbye", len(last))
	}
	if code, err := s.Wait(); code != 0 || err != nil {
		t.Errorf("stopping the server: %d, %v", code, err)
	}
}

// provoke makes the server send what an example shows.
func provoke(t *testing.T, s *server.Server, example sample) {
	t.Helper()
	filters, ok := provocations[example.Name]
	if !ok {
		t.Fatal("nothing is known to provoke it: add it to provocations")
	}
	c := socket(t, s)
	for _, f := range filters {
		if err := c.WriteMessage(websocket.TextMessage, []byte(f)); err != nil {
			t.Fatal(err)
		}
	}
	if example.Name == "goodbye" {
		// A stream that has no filter in force yet has nothing to say goodbye to.
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		if err := s.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	want := still(t, example.json(t))
	var closest string
	for {
		_, got, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("it was not sent: %v (-document +server)\n%s", err, closest)
		}
		diff := cmp.Diff(want, still(t, string(got)))
		if diff == "" {
			return
		}
		if closest == "" || len(diff) < len(closest) {
			closest = diff
		}
	}
}

// The server takes what the AsyncAPI document shows as filters. The cursor of the example
// is of no log, so one of this log is put in its place.
func TestAsyncAPIFiltersAreTaken(t *testing.T) {
	s := server.Start(t, server.Plain, server.NewSettings(t, nil))
	posted(t, s, `{"message": "one"}`+"\n")
	cursor := list(t, s, "one")[0].GetCursor()
	filters := shownMessages(t)["filter"]
	if len(filters) < 3 {
		t.Errorf("only %d examples of filters", len(filters))
	}
	for _, example := range filters {
		t.Run(example.Name, func(t *testing.T) {
			if _, ok := example.Payload["after_cursor"]; ok {
				example.Payload["after_cursor"] = cursor
			}
			example.Payload["notices"] = true
			c := socket(t, s)
			if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if err := c.WriteMessage(websocket.TextMessage, []byte(example.json(t))); err != nil {
				t.Fatal(err)
			}
			var got struct {
				Result struct {
					Notice struct{ Applied *struct{ Revision int } }
				}
			}
			if err := c.ReadJSON(&got); err != nil || got.Result.Notice.Applied == nil || got.Result.Notice.Applied.Revision != 1 {
				t.Errorf("it was not applied: %+v, %v", got, err)
			}
		})
	}
}
