package line_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

var (
	now              = time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	ignoreEncodings  = cmpopts.IgnoreUnexported(entry.Entry{})
	traceID, spanID  = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
	january2, noTime = time.Date(2024, 1, 2, 15, 4, 5, 123_000_000, time.UTC).UnixNano(), int64(0)
)

func attributes(pairs ...string) []entry.Attribute {
	var list []entry.Attribute
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, entry.Attribute{Key: pairs[i], Value: pairs[i+1]})
	}
	return list
}

// loggers holds one line of each common logger, as it writes it by default.
var loggers = map[string]struct {
	line string
	want *entry.Entry
}{
	"zap": {
		`{"level":"info","ts":1704207845.123,"logger":"api","caller":"api/main.go:12","msg":"started","port":8080,"tls":false}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Info, Message: "started", Attributes: attributes("caller", "api/main.go:12", "logger", "api", "port", "8080", "tls", "false")},
	},
	"zap, dpanic": {
		`{"level":"dpanic","ts":"2024-01-02T15:04:05.123Z","msg":"oops"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error + 1, Message: "oops"},
	},
	"zerolog": {
		`{"level":"warn","service":"cart","time":"2024-01-02T15:04:05.123Z","message":"slow","took":0.25}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Service: "cart", Message: "slow", Attributes: attributes("took", "0.25")},
	},
	"logrus, JSON": {
		`{"error":"no route","level":"error","msg":"failed","time":"2024-01-02T15:04:05Z"}`,
		&entry.Entry{Timestamp: january2 - 123_000_000, Severity: entry.Error, Message: "failed", Attributes: attributes("error", "no route")},
	},
	"logrus, text": {
		`time="2024-01-02T15:04:05Z" level=fatal msg="cannot bind: \"in use\"" port=80`,
		&entry.Entry{Timestamp: january2 - 123_000_000, Severity: entry.Fatal, Message: `cannot bind: "in use"`, Attributes: attributes("port", "80")},
	},
	"slog, JSON": {
		`{"time":"2024-01-02T15:04:05.123Z","level":"INFO+2","source":{"file":"a.go","line":3},"msg":"hi","request":{"user":{"id":7}}}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Info + 2, Message: "hi", Attributes: attributes("request.user.id", "7", "source.file", "a.go", "source.line", "3")},
	},
	"slog, text": {
		`time=2024-01-02T15:04:05.123Z level=DEBUG msg=hi empty="" request.user.id=7`,
		&entry.Entry{Timestamp: january2, Severity: entry.Debug, Message: "hi", Attributes: attributes("empty", "", "request.user.id", "7")},
	},
	"pino": {
		`{"level":50,"time":1704207845123,"pid":1,"hostname":"web-1","name":"shop","msg":"bad"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error, Service: "shop", Host: "web-1", Message: "bad", Attributes: attributes("pid", "1")},
	},
	"bunyan": {
		`{"name":"shop","hostname":"web-1","pid":1,"level":20,"msg":"dbg","time":"2024-01-02T15:04:05.123Z","v":0}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Debug, Service: "shop", Host: "web-1", Message: "dbg", Attributes: attributes("pid", "1", "v", "0")},
	},
	"winston": {
		`{"level":"error","message":"boom","timestamp":"2024-01-02T15:04:05.123Z","meta":{"a":[1,"x"]}}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error, Message: "boom", Attributes: attributes("meta.a", `[1,"x"]`)},
	},
	"log4j": {
		`{"instant":{"epochSecond":1704207845,"nanoOfSecond":123000000},"thread":"main","level":"WARN","loggerName":"a.B","message":"m","contextMap":{"traceId":"` + traceID + `"}}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Message: "m", TraceID: traceID, Attributes: attributes("loggerName", "a.B", "thread", "main")},
	},
	"logback": {
		`{"@timestamp":"2024-01-02T16:04:05.123+01:00","@version":"1","message":"m","level":"INFO","level_value":20000}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Info, Message: "m", Attributes: attributes("@version", "1")},
	},
	"python-json-logger": {
		`{"asctime":"2024-01-02 15:04:05,123","levelname":"WARNING","levelno":30,"name":"app.views","message":"m","exc_info":null}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Message: "m", Attributes: attributes("name", "app.views")},
	},
	"monolog": {
		`{"message":"m","context":{},"level":550,"level_name":"ALERT","channel":"app","datetime":"2024-01-02T15:04:05.123+00:00"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error + 2, Message: "m", Attributes: attributes("channel", "app", "context", "{}")},
	},
	"ECS": {
		`{"@timestamp":"2024-01-02T15:04:05.123Z","log.level":"error","message":"m","service.name":"cart","host":{"name":"web-1"},"trace.id":"` + traceID + `","span.id":"` + spanID + `","ecs.version":"8"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error, Service: "cart", Host: "web-1", Message: "m", TraceID: traceID, SpanID: spanID, Attributes: attributes("ecs.version", "8")},
	},
	"Google Cloud": {
		`{"severity":"NOTICE","timestamp":{"seconds":1704207845,"nanos":123000000},"message":"m","logging.googleapis.com/trace":"projects/p/traces/` + traceID + `","logging.googleapis.com/spanId":"` + spanID + `"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Info + 1, Message: "m", TraceID: traceID, SpanID: spanID},
	},
	"serilog": {
		`{"@t":"2024-01-02T15:04:05.1230000Z","@mt":"Hello {Name}","@m":"Hello Ada","@l":"Warning","Name":"Ada"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Message: "Hello Ada", Attributes: attributes("@mt", "Hello {Name}", "Name", "Ada")},
	},
	"journald": {
		`{"MESSAGE":"m","PRIORITY":"3","SYSLOG_IDENTIFIER":"sshd","_HOSTNAME":"web-1","__REALTIME_TIMESTAMP":"1704207845123000"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Error, Service: "sshd", Host: "web-1", Message: "m"},
	},
	"GELF": {
		`{"version":"1.1","host":"web-1","short_message":"m","timestamp":1704207845.123,"level":4,"_user":"ada"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Host: "web-1", Message: "m", Attributes: attributes("_user", "ada", "version", "1.1")},
	},
	"MongoDB": {
		`{"t":{"$date":"2024-01-02T15:04:05.123+00:00"},"s":"W","c":"NETWORK","id":1,"msg":"m"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Warn, Message: "m", Attributes: attributes("c", "NETWORK", "id", "1")},
	},
	"tracing of Rust": {
		`{"timestamp":"2024-01-02T15:04:05.123Z","level":"TRACE","fields":{"message":"m","n":1},"target":"app"}`,
		&entry.Entry{Timestamp: january2, Severity: entry.Trace, Message: "m", Attributes: attributes("fields.n", "1", "target", "app")},
	},
	"our own": {
		`{"timestamp":"2024-01-02T15:04:05.123Z","observed_timestamp":"2024-01-02T15:04:05.123Z","severity":"ERROR","severity_number":18,"service":"s","host":"h","message":"m","attributes":{"level":"x","a.b":"c"},"trace_id":"` + traceID + `"}`,
		&entry.Entry{Timestamp: january2, Observed: january2, Severity: entry.Error + 1, Service: "s", Host: "h", Message: "m", TraceID: traceID, Attributes: attributes("a.b", "c", "level", "x")},
	},
	"traceparent": {
		`{"msg":"m","traceparent":"00-` + traceID + `-` + spanID + `-01"}`,
		&entry.Entry{Message: "m", TraceID: traceID, SpanID: spanID},
	},
	"heroku": {
		`at=info method=GET path="/a b" host=example.org status=200`,
		&entry.Entry{Host: "example.org", Message: `at=info method=GET path="/a b" host=example.org status=200`, Attributes: attributes("at", "info", "method", "GET", "path", "/a b", "status", "200")},
	},
}

func TestLoggers(t *testing.T) {
	for name, c := range loggers {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, line.Parse(c.line+"\r\n", now), ignoreEncodings); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	for name, c := range map[string]struct {
		line       string
		message    string
		attributes []entry.Attribute
	}{
		"escapes":            {`{"msg":"a\"b\\\/\n\t\u00e9\ud83d\ude00\ud800x","k\u0041":"v"}`, "a\"b\\/\n\té😀\ufffdx", attributes("kA", "v")},
		"raw control":        {"{\"msg\":\"a\tb\"}", "a\tb", nil},
		"space":              {` { "msg" : "m" , "a" : [ 1 , { "b" : "]" } ] } `, "m", attributes("a", `[ 1 , { "b" : "]" } ]`)},
		"numbers":            {`{"msg":"m","a":-1.5e+10,"b":0,"c":12345678901234567890}`, "m", attributes("a", "-1.5e+10", "b", "0", "c", "12345678901234567890")},
		"no message":         {`{"a":1,"b":null}`, `{"a":1,"b":null}`, attributes("a", "1")},
		"empty message":      {`{"msg":"","a":1}`, `{"msg":"","a":1}`, attributes("a", "1", "msg", "")},
		"a number as such":   {`{"msg":12}`, "12", nil},
		"message twice":      {`{"message":"one","msg":"two"}`, "one", attributes("msg", "two")},
		"key twice":          {`{"msg":"m","a":1,"a":2}`, "m", attributes("a", "1")},
		"no level":           {`{"msg":"m","level":"loud"}`, "m", attributes("level", "loud")},
		"no time":            {`{"msg":"m","time":"soon","ts":12}`, "m", attributes("time", "soon", "ts", "12")},
		"the zero time":      {`{"msg":"m","time":"0001-01-01T00:00:00Z"}`, "m", attributes("time", "0001-01-01T00:00:00Z")},
		"no trace":           {`{"msg":"m","trace_id":"12","trace":"main.go:3"}`, "m", attributes("trace", "main.go:3", "trace_id", "12")},
		"a trace of zeros":   {`{"msg":"m","trace_id":"00000000000000000000000000000000"}`, "m", attributes("trace_id", "00000000000000000000000000000000")},
		"a person's name":    {`{"msg":"m","level":"info","name":"Ada"}`, "m", attributes("name", "Ada")},
		"not JSON: trailing": {`{"msg":"m"} {"x":1}`, `{"msg":"m"} {"x":1}`, nil},
		"not JSON: quote":    {`{"msg":"m}`, `{"msg":"m}`, nil},
		"not JSON: comma":    {`{"msg":"m",}`, `{"msg":"m",}`, nil},
		"not JSON: array":    {`{"msg":[1,}]}`, `{"msg":[1,}]}`, nil},
		"not JSON: word":     {`{"msg":yes}`, `{"msg":yes}`, nil},
		"not JSON: brace":    {`{hello}`, `{hello}`, nil},
		"not logfmt: prose":  {`x=1 is what a=b says`, `x=1 is what a=b says`, nil},
		"not logfmt: one":    {`x=1`, `x=1`, nil},
		"not logfmt: quote":  {`a=1 b="x`, `a=1 b="x`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := line.Parse(c.line, now)
			if e.Message != c.message {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
			if diff := cmp.Diff(c.attributes, e.Attributes); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}
