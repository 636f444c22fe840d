package gateway_test

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/gateway/wsconn"
)

// badFrames are frames that are no filter, and what must be said about them.
var badFrames = []struct {
	name, frame   string
	reason        string
	says, hint    string
	begin, column float64
}{
	{"not JSON", `severity>=ERROR`, "INVALID_FRAME", "invalid value severity", "one JSON object", 0, 1},
	{"cut off", `{"query":"a"`, "INVALID_FRAME", "ends too early", "one JSON object", 12, 13},
	{"empty", ``, "INVALID_FRAME", "empty", "{}", 0, 0},
	{"white space", " \n", "INVALID_FRAME", "empty", "{}", 0, 0},
	{"an array", `[]`, "INVALID_FRAME", "unexpected token [", "one JSON object", 0, 1},
	{"null", `null`, "INVALID_FRAME", "unexpected token null", "one JSON object", 0, 1},
	{"two objects", `{} {}`, "INVALID_FRAME", "unexpected token {", "one JSON object", 3, 4},
	{"unknown field", `{"minSeverty":"ERROR"}`, "INVALID_FRAME", `"minSeverty"`, "did you mean min_severity?", 1, 2},
	{"unknown field, far off", `{"zzz":1}`, "INVALID_FRAME", `"zzz"`, "the fields are query, min_severity", 1, 2},
	{"wrong enum", `{"min_severity":"LOUD"}`, "INVALID_FRAME", `min_severity has no value "LOUD"`, "TRACE, DEBUG, INFO, WARN, ERROR, FATAL", 16, 17},
	{"wrong type", `{"last":"many"}`, "INVALID_FRAME", `last cannot be "many"`, "uint32", 8, 9},
	{"two begins", `{"last":1,"after_cursor":"x"}`, "INVALID_FRAME", "contradicts", "only one of", 10, 11},
	{"twice the same", `{"query":"a","query":"b"}`, "INVALID_FRAME", "twice", "once", 13, 14},
	{"not UTF-8", "{\"query\":\"é\xff\"}", "INVALID_FRAME", "byte 12", "UTF-8", 12, 12},
	{"second line", "{\n \"é\":1}", "INVALID_FRAME", `"é"`, "the fields are", 3, 2},
	{"wrong query", `{"query":"("}`, "INVALID_QUERY", "not closed", "", 0, 1},
	{"wrong regular expression", `{"regex":"("}`, "INVALID_FILTER", "regular expression", "", 0, 1},
	{"garbled cursor", `{"after_cursor":"AAAA"}`, "INVALID_CURSOR", "garbled", "", 0, 0},
}

// The stock gateway takes a frame that it cannot decode for the end of what the client
// has to say: entries go on, and no filter is heard of again.
func TestBadFrameIsRefusedAndTheStreamGoesOn(t *testing.T) {
	e := start(t, gateway.Config{})
	s := e.dial("/logs/monitor")
	s.live(`{"notices":true,"contains":["keep"]}`)
	for i, c := range badFrames {
		// As binary: what is no text must not be sent as one.
		s.sendBinary(c.frame)
		r := s.notice("rejected")
		if r["revision"] != float64(i+2) {
			t.Errorf("%s: revision %v, want %d", c.name, r["revision"], i+2)
		}
		checkRefusal(t, c.name, r, c.reason, c.says, c.hint)
		begin, _ := r["begin"].(float64)
		column, _ := r["column"].(float64)
		if begin != c.begin || column != c.column {
			t.Errorf("%s: at byte %v, column %v, want %v, %v", c.name, begin, column, c.begin, c.column)
		}
		e.write("drop", "keep "+c.name)
		s.entries("keep " + c.name)
	}
	s.send(`{"notices":true}`)
	if a := s.notice("applied"); a["revision"] != float64(len(badFrames)+2) {
		t.Errorf("the sound filter behind them has revision %v", a["revision"])
	}
}

func checkRefusal(t *testing.T, name string, r map[string]any, reason, says, hint string) {
	t.Helper()
	text, _ := r["message"].(string)
	told, _ := r["hint"].(string)
	if r["reason"] != reason || !strings.Contains(text, says) || !strings.Contains(told, hint) {
		t.Errorf("%s: got %v, want %s, %q and the hint %q", name, r, reason, says, hint)
	}
}

func TestBadFirstFrameEndsTheStream(t *testing.T) {
	e := start(t, gateway.Config{})
	bystander := e.dial("/logs/monitor")
	bystander.live(`{"notices":true}`)
	for _, c := range badFrames {
		s := e.dial("/logs/monitor")
		s.sendBinary(c.frame)
		last, end := s.ended()
		if last.Error == nil || last.Error.Code != 3 || !strings.Contains(last.Error.Message, c.says) {
			t.Errorf("%s: the last frame is %+v", c.name, last)
		}
		if end.Code != 4400 || !strings.HasPrefix(end.Text, "INVALID_ARGUMENT: ") {
			t.Errorf("%s: ended with %d %q, want 4400", c.name, end.Code, end.Text)
		}
	}
	e.write("still there")
	bystander.entries("still there")
}

func TestFramesThatAreFilters(t *testing.T) {
	e := start(t, gateway.Config{})
	s := e.dial("/logs/monitor")
	revision := 0.0
	for _, frame := range []string{
		`{"notices":true}`,
		" {\n  \"notices\": true,\n  \"query\": \"a\"\n}\n",
		`{"notices":true,"minSeverity":"ERROR"}`,
		`{"notices":true,"min_severity":5}`,
		`{"notices":true,"query":"` + strings.Repeat("a ", 50) + `"}` + strings.Repeat(" ", 60_000),
	} {
		s.send(frame)
		revision++
		if a := s.notice("applied"); a["revision"] != revision {
			t.Errorf("%s: revision %v, want %v", frame, a["revision"], revision)
		}
		s.notice("caught_up")
	}
	// Libraries that are given bytes send binary frames.
	if err := s.WriteMessage(websocket.BinaryMessage, []byte(`{"notices":true}`)); err != nil {
		t.Fatal(err)
	}
	if a := s.notice("applied"); a["revision"] != revision+1 {
		t.Errorf("binary: revision %v", a["revision"])
	}
}

func TestFrameThatIsTooLong(t *testing.T) {
	e := start(t, gateway.Config{})
	s := e.dial("/logs/monitor")
	s.live(`{"notices":true}`)
	go func() {
		// The server refuses it at its header and reads on, so that we can read why.
		_ = s.WriteMessage(websocket.TextMessage, make([]byte, 10<<20))
	}()
	if _, end := s.ended(); end.Code != 1009 || !strings.Contains(end.Text, "65536") {
		t.Errorf("ended with %d %q, want 1009 and the limit", end.Code, end.Text)
	}
}

// TestTextThatIsNone ends the stream, as RFC 6455 asks for; the frame before the close
// frame says where the mistake is.
func TestTextThatIsNone(t *testing.T) {
	e := start(t, gateway.Config{})
	for name, first := range map[string]bool{"the first": true, "a later one": false} {
		s := e.dial("/logs/monitor")
		if !first {
			s.live(`{"notices":true}`)
		}
		s.send("{\"query\":\"\xff\"}")
		last, end := s.ended()
		if end.Code != wsconn.NotText || last.Error == nil || !strings.Contains(last.Error.Message, "byte 10") {
			t.Errorf("%s: %+v, ended with %v", name, last.Error, end)
		}
	}
}
