package gateway

import (
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
)

// Whatever comes, there is a filter: what it says, or one that says what is wrong.
func FuzzDecodeFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, ``, `{"query":"a"}`, `{"minSeverity":"ERROR"}`, `{"min_severity":"LOUD"}`, `{"nope":1}`, `[`, "{\"query\":\"\xff\"}",
		"{\n\"last\":-1}", `{"since":"x"}`, `{"attributes":{"a":1}}`, `{"query":"a","query":"b"}`, `{"last":1,"since":null}`, "\u00a0{",
		`{"` + strings.Repeat("é", 5000) + `":1}`, `{"` + strings.Repeat("xé", 5000), `{"min_severity":"` + strings.Repeat("Xé", 500) + `"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		got, want := &loggerv1.LogFilter{}, &loggerv1.LogFilter{}
		decodeFilter(message, got)
		refusal := frame.Defect(got)
		sound := utf8.Valid(message) && protojson.Unmarshal(message, want) == nil
		if sound != (refusal == nil) {
			t.Fatalf("%q: refused with %v", message, refusal)
		}
		if sound && !proto.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", message, got, want)
		}
		if sound {
			return
		}
		if refusal.GetMessage() == "" || refusal.GetReason() != badFrame || refusal.GetCode() != 3 {
			t.Fatalf("%q: refused with %v", message, refusal)
		}
		if len(refusal.GetMessage()) > 2*maxQuoted {
			t.Fatalf("%d bytes are said back: %s", len(refusal.GetMessage()), refusal.GetMessage())
		}
		if int(refusal.GetBegin()) > len(message) || int(refusal.GetEnd()) > len(message) || refusal.GetBegin() > refusal.GetEnd() {
			t.Fatalf("%q: the mistake is at %d to %d", message, refusal.GetBegin(), refusal.GetEnd())
		}
	})
}
