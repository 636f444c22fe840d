package openapi_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/openapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = map[string]any

func load(t *testing.T, text []byte) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// The document is sound: references are found, examples are of their schemas.
func TestOpenAPIIsValid(t *testing.T) {
	for name, text := range map[string][]byte{"YAML": openapi.YAML, "JSON": openapi.JSON} {
		if err := load(t, text).Validate(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestYAMLAndJSONAreTheSame(t *testing.T) {
	fromYAML, fromJSON := generic(t, openapi.YAML), object{}
	if err := json.Unmarshal(openapi.JSON, &fromJSON); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromJSON, fromYAML); diff != "" {
		t.Error(diff)
	}
}

// generic parses YAML into what JSON would give.
func generic(t *testing.T, text []byte) object {
	t.Helper()
	var parsed, plain object
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// Every method that the mapping reaches over HTTP is described, where it is.
func TestEveryRouteIsDescribed(t *testing.T) {
	text, err := os.ReadFile("../api/logger/v1/http.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var mapping struct {
		HTTP struct {
			Rules []struct{ Selector, Get, Post string }
		}
	}
	if err := yaml.Unmarshal(text, &mapping); err != nil {
		t.Fatal(err)
	}
	if len(mapping.HTTP.Rules) != 5 {
		t.Errorf("%d rules, want 5: is the mapping read rightly?", len(mapping.HTTP.Rules))
	}
	document := load(t, openapi.JSON)
	for _, rule := range mapping.HTTP.Rules {
		path := document.Paths.Value(rule.Get + rule.Post)
		if path == nil || (rule.Get != "" && path.Get == nil) || (rule.Post != "" && path.Post == nil) {
			t.Errorf("%s (%s) is not described", rule.Selector, rule.Get+rule.Post)
		}
	}
	for _, path := range []string{"/livez", "/readyz", "/healthz"} {
		if document.Paths.Value(path) == nil {
			t.Errorf("%s is not described", path)
		}
	}
}

// A WebSocket is no plain GET that answers JSON, and a stream is not one JSON document.
func TestStreamsAreDescribedAsSuch(t *testing.T) {
	document := load(t, openapi.JSON)
	if document.Paths.Value("/logs/monitor").Get.Responses.Value("101") == nil {
		t.Error("/logs/monitor does not say that it becomes a WebSocket")
	}
	for _, path := range []string{"/logs/monitor", "/logs/tail"} {
		content := document.Paths.Value(path).Get.Responses.Value("200").Value.Content
		for mediaType, want := range map[string]bool{
			"application/x-ndjson": true, "text/event-stream": true, "application/json": false,
		} {
			if got := content[mediaType] != nil; got != want {
				t.Errorf("%s: %s is described: %t", path, mediaType, got)
			}
		}
	}
}

// Fields have the names of the contract, and there are no others.
func TestSchemasHaveTheContractsFields(t *testing.T) {
	described := generic(t, openapi.AsyncYAML)["components"].(object)["schemas"].(object)
	for name, message := range map[string]proto.Message{
		"LogFilter": &loggerv1.LogFilter{}, "LogEntry": &loggerv1.LogEntry{}, "Notice": &loggerv1.Notice{},
		"Rejected": &loggerv1.Rejected{}, "Gap": &loggerv1.Gap{}, "Goodbye": &loggerv1.Goodbye{}, "Progress": &loggerv1.Progress{},
	} {
		want, got := map[string]bool{}, map[string]bool{}
		fields := message.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			want[string(fields.Get(i).Name())] = true
		}
		for field := range described[name].(object)["properties"].(object) {
			got[field] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-contract +document):\n%s", name, diff)
		}
	}
}

// What the documents show as an example can be sent, and can be what the server sends.
func TestExamplesAreOfTheContract(t *testing.T) {
	entries := load(t, openapi.JSON).Paths.Value("/logs").Post.RequestBody.Value.Content
	for name, example := range entries["application/x-ndjson"].Examples {
		decode(t, name, example.Value.Value, &loggerv1.LogEntry{})
	}
	object := entries["application/json"].Examples["object"].Value.Value
	decode(t, "object", object, &loggerv1.WriteEntriesRequest{})
}

func decode(t *testing.T, name string, example any, message proto.Message) {
	t.Helper()
	text, err := json.Marshal(example)
	if err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(text, message); err != nil {
		t.Errorf("example %s: %v", name, err)
	}
}
