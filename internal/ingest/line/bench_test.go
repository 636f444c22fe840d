package line_test

import (
	"encoding/json"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

var samples = map[string]string{
	"zap":    `{"level":"info","ts":1704207845.123,"logger":"api","caller":"api/main.go:12","msg":"request done","trace_id":"5b8efff798038103d269b633813fc60c","method":"GET","path":"/api/cart/4711","status":200,"took_ms":12.5}`,
	"logfmt": `time=2024-01-02T15:04:05.123Z level=info msg="request done" trace_id=5b8efff798038103d269b633813fc60c method=GET path=/api/cart/4711 status=200 took_ms=12.5`,
	"hadoop": `2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster for application appattempt_1445144423722_0020_000001`,
	"syslog": `Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.4`,
	"prose":  `the quick brown fox jumps over the lazy dog and says nothing about an error, a time or where it came from, at some length`,
}

func BenchmarkParse(b *testing.B) {
	for name, text := range samples {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				line.Parse(text, now)
			}
		})
	}
}

// TestParseAllocates holds the garbage of a line: the entry and its attributes. Those two are
// all of a structured line, but for the race detector, under which a sync.Pool forgets.
func TestParseAllocates(t *testing.T) {
	for name, most := range map[string]float64{"zap": 4, "logfmt": 4, "hadoop": 3, "syslog": 1, "prose": 1} {
		if n := testing.AllocsPerRun(100, func() { line.Parse(samples[name], now) }); n > most {
			t.Errorf("%s: %v allocations, want at most %v", name, n, most)
		}
	}
}

// BenchmarkEncodingJSON is what the standard library takes to read the line of zap into a
// map, from which an entry would still have to be made.
func BenchmarkEncodingJSON(b *testing.B) {
	text := []byte(samples["zap"])
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			b.Fatal(err)
		}
	}
}
