package line_test

import (
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/line"
)

func at(year int, month time.Month, day, hour, minute, second, millis int) int64 {
	return time.Date(year, month, day, hour, minute, second, millis*1_000_000, time.UTC).UnixNano()
}

const none = entry.Severity(0)

var jan2 = at(2024, time.January, 2, 15, 4, 5, 0)

// plain holds how programs begin their lines.
var plain = []struct {
	line     string
	severity entry.Severity
	time     int64
}{
	// Severity with a time.
	{"2024-01-02 15:04:05,123 ERROR [main] a.b.C: failed", entry.Error, january2},
	{"2024-01-02 15:04:05.123  INFO 1234 --- [main] c.e.App : started", entry.Info, january2},
	{"2024-01-02 15:04:05,123 - app.views - WARNING - slow", entry.Warn, january2},
	{"2024-01-02 15:04:05,123 - MyApp - ERROR - slow", entry.Error, january2},
	{"2024-01-02 15:04:05.123 | DEBUG    | mod:f:1 - m", entry.Debug, january2},
	{"2024-01-02T15:04:05.123Z\tinfo\tmain.go:1\tstarted", entry.Info, january2},
	{"2024-01-02T15:04:05.123Z 0 [Warning] [MY-010] m", entry.Warn, january2},
	{"2024-01-02 15:04:05.123 UTC [77] ada@shop FATAL:  no such role", entry.Fatal, january2},
	{"2024-01-02 15:04:05.123 UTC [77] LOG:  checkpoint", entry.Info, january2},
	{"2024/01/02 15:04:05 [error] 123#0: *4 open() failed", entry.Error, jan2},
	{"2024/01/02 15:04:05 http: panic serving", none, jan2},
	{"[2024-01-02T15:04:05,123][INFO ][o.e.n.Node] started", entry.Info, january2},
	{"[2024-01-02 15:04:05,123] WARN [Log] m (kafka.log)", entry.Warn, january2},
	{"[2024-01-02 15:04:05 +0000] [12] [INFO] Booting", entry.Info, jan2},
	{"[Tue Jan 02 15:04:05 2024] [notice] m", entry.Info + 1, jan2},
	{"[Tue Jan 02 15:04:05.123456 2024] [core:error] [pid 1] m", entry.Error, jan2 + 123_456_000},
	{"INFO 2024-01-02 15:04:05 m", entry.Info, jan2},
	{"E, [2024-01-02T15:04:05.123 #12] ERROR -- : m", entry.Error, january2},
	{"2024-01-02T15:04:05.123+0000 I NETWORK  [listener] m", entry.Info, january2},
	{"02-Jan-2024 15:04:05.123 SEVERE [main] m", entry.Error, january2},
	{"24/01/02 15:04:05 INFO storage.BlockManager: m", entry.Info, jan2},
	{"240102 150405 148 WARN dfs.DataNode: m", entry.Warn, jan2},
	{"2016-09-28 04:30:30, Info                  CBS    m", entry.Info, at(2016, time.September, 28, 4, 30, 30, 0)},
	{"03-17 16:13:38.811  1702  2395 W Tag: m", entry.Warn, at(2026, time.March, 17, 16, 13, 38, 811)},
	{"Jan 02, 2024 3:04:05 PM a.b.C main", none, jan2},
	{"web-1  | 2024-01-02 15:04:05.123 ERROR m", entry.Error, january2},
	{"2024-01-02 15:04:05 main ERROR Could not start", entry.Error, jan2},
	{"2024-01-02 15:04:05 app: error: could not start", entry.Error, jan2},
	{"\x1b[90m2024-01-02T15:04:05Z\x1b[0m \x1b[31mERR\x1b[0m m", entry.Error, jan2},
	{"file.log 2024-01-02 15:04:05.123 2931 INFO nova [-] m", entry.Info, january2},

	// Severity in what begins the line.
	{"E0102 15:04:05.123000    12 a.go:3] m", entry.Error, at(2026, time.January, 2, 15, 4, 5, 123)},
	{"I20240102 15:04:05.123000 12 a.cc:3] m", entry.Info, january2},
	{"<3>m", entry.Error, noTime},
	{"<134>Jan  2 15:04:05 web-1 app[1]: m", entry.Info, at(2026, time.January, 2, 15, 4, 5, 0)},
	{"<165>1 2024-01-02T15:04:05.123Z web-1 app 1 ID - m", entry.Info + 1, january2},
	{"W/Tag( 123): m", entry.Warn, noTime},
	{"ERROR: m", entry.Error, noTime},
	{"ERROR:root:m", entry.Error, noTime},
	{"WARN m", entry.Warn, noTime},
	{"error: cannot open", entry.Error, noTime},
	{"fatal: not a git repository", entry.Fatal, noTime},
	{"Error: Cannot find module", entry.Error, noTime},
	{"[info] m", entry.Info, noTime},
	{"[main] INFO a.b - m", entry.Info, noTime},
	{"fail: Microsoft.Hosting[6]", entry.Error, noTime},
	{"15:04:05.123 [main] DEBUG a.b - m", entry.Debug, noTime},
	{"3:04PM INF m", entry.Info, noTime},
	{"caller went away level=warn code=1 x", entry.Warn, noTime},
	{"prefix LEVEL=error x", none, noTime},
	{`ts=2024-01-02T15:04:05.123Z level=info msg=hello there`, entry.Info, january2},

	// What is none.
	{"an error in the middle of a sentence", none, noTime},
	{"Got ERROR from upstream", none, noTime},
	{"the INFO command", none, noTime},
	{"2024-01-02 15:04:05 got ERROR from upstream", none, jan2},
	{"2024-01-02 15:04:05 The ERROR was found", none, jan2},
	{"2024-01-02 15:04:05 error reading file", none, jan2},
	{"2024-01-02 15:04:05 I am here", none, jan2},
	{`127.0.0.1 - ada [02/Jan/2024:15:04:05 +0100] "GET /ERROR HTTP/1.1" 200 12`, none, at(2024, time.January, 2, 14, 4, 5, 0)},
	{"Backup done at 2024-01-02 15:04:05", none, noTime},
	{"mislevel=error x", none, noTime},
	{"1234567890 items", none, noTime},
	{"Log rotated", none, noTime},
	{"config: loaded", none, noTime},
	{"E2E tests passed", none, noTime},
	{"<999>m", none, noTime},
	{"2024-13-02 15:04:05 m", none, noTime},
	{"2024-02-30 15:04:05 m", none, noTime},
	{"2024-01-02 25:04:05 m", none, noTime},
	{"{", none, noTime},
	{"日本語のログ ERROR", none, noTime},
}

// TestPlain also holds that the message is the line, in all.
func TestPlain(t *testing.T) {
	for _, c := range plain {
		e := line.Parse(c.line, now)
		if e.Severity != c.severity || e.Timestamp != c.time || e.Message != c.line {
			t.Errorf("%q:\n got %d %v %q\nwant %d %v", c.line, e.Severity, utc(e.Timestamp), e.Message, c.severity, utc(c.time))
		}
	}
}

func utc(ns int64) time.Time { return time.Unix(0, ns).UTC() }

func TestTimes(t *testing.T) {
	want := at(2024, time.January, 2, 15, 4, 5, 0)
	for text, offset := range map[string]time.Duration{
		"2024-01-02T15:04:05Z":            0,
		"2024-01-02T15:04:05.5Z":          500 * time.Millisecond,
		"2024-01-02t15:04:05,123456789":   123456789,
		"2024-01-02T15:04:05.1234567891Z": 123456789,
		"2024-01-02T17:04:05+02:00":       0,
		"2024-01-02T10:34:05-0430":        0,
		"2024-01-02 16:04:05+01":          0,
		"2024-01-02 15:04:05 UTC":         0,
		"2024-01-02 15:04:05 +0000":       0,
		"2024-01-02 15:04:05 GMT":         0,
		"2024.01.02 15:04:05":             0,
		"2024-1-2 15:04:05":               0,
		"2024-01-02-15.04.05.000":         0,
		"2024-01-02_15:04:05":             0,
		"20240102T150405Z":                0,
		"20240102-15:4:5:83":              83 * time.Millisecond,
		"20240102 15:04:05":               0,
		"20240102150405":                  0,
		"Tue Jan  2 15:04:05 2024":        0,
		"Tue Jan  2 15:04:05 UTC 2024":    0,
		"Tue, 02 Jan 2024 15:04:05 GMT":   0,
		"Tue, 02 Jan 2024 08:04:05 -0700": 0,
		"02/Jan/2024:15:04:05 +0000":      0,
		"02 Jan 2024 15:04:05":            0,
		"01/02/2024 15:04:05":             0,
		"1/2/2024 3:04:05 PM":             0,
		"02.01.2024 15:04:05":             0,
		"24/01/02 15:04:05":               0,
		"1704207845":                      0,
		"1704207845.000001":               time.Microsecond,
		"1.704207845e9":                   0,
		"1704207845001":                   time.Millisecond,
		"1704207845000001":                time.Microsecond,
		"1704207845000000001":             1,
		"Jan  2 15:04:05":                 at2026(0),
		"01-02 15:04:05.000":              at2026(0),
	} {
		e := line.Parse(`{"msg":"m","time":"`+text+`"}`, now)
		if got := e.Timestamp; got != want+int64(offset) {
			t.Errorf("%q: %v, want %v", text, utc(got), utc(want+int64(offset)))
		}
	}
	for _, text := range []string{"", "never", "2024", "12:30", "15:04:05", "-1", "1e5", "99999999999999999999", "2024-01-02T15:04:05Zulu", "32/Jan/2024:15:04:05", "12.5e", "2262-04-12T00:00:00Z"} {
		if e := line.Parse(`{"msg":"m","time":"`+text+`"}`, now); e.Timestamp != 0 {
			t.Errorf("%q is taken for %v", text, utc(e.Timestamp))
		}
	}
}

// at2026 is how much later the same day of this year is, the year of now.
func at2026(d time.Duration) time.Duration {
	return d + time.Duration(at(2026, 1, 2, 0, 0, 0, 0)-at(2024, 1, 2, 0, 0, 0, 0))
}

// TestYear holds that a time without a year is the nearest before now, give or take a day.
func TestYear(t *testing.T) {
	newYear := time.Date(2027, time.January, 1, 0, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		now  time.Time
		want int64
	}{
		{"Dec 31 23:59:59 h a: m", newYear, at(2026, time.December, 31, 23, 59, 59, 0)},
		{"Jan  1 00:29:00 h a: m", newYear, at(2027, time.January, 1, 0, 29, 0, 0)},
		{"Jan  1 12:00:00 h a: m", newYear.Add(-time.Hour), at(2027, time.January, 1, 12, 0, 0, 0)}, // a zone ahead
		{"Jan  3 00:00:00 h a: m", newYear, at(2026, time.January, 3, 0, 0, 0, 0)},
		{"Feb 29 00:00:00 h a: m", newYear, at(2024, time.February, 29, 0, 0, 0, 0)},
	} {
		if got := line.Parse(c.text, c.now).Timestamp; got != c.want {
			t.Errorf("%q at %v: %v, want %v", c.text, c.now, utc(got), utc(c.want))
		}
	}
}

func TestLocation(t *testing.T) {
	zone := time.FixedZone("", 9*3600)
	p := line.Parser{Location: zone}
	for text, want := range map[string]int64{
		"2024-01-02 15:04:05 m":       at(2024, time.January, 2, 6, 4, 5, 0),
		"2024-01-02 15:04:05Z m":      at(2024, time.January, 2, 15, 4, 5, 0),
		"2024-01-02 15:04:05+01:00 m": at(2024, time.January, 2, 14, 4, 5, 0),
	} {
		if got := p.Parse(text, now).Timestamp; got != want {
			t.Errorf("%q: %v, want %v", text, utc(got), utc(want))
		}
	}
}

func TestOrigin(t *testing.T) {
	for text, want := range map[string][2]string{
		"Jun 14 15:16:01 combo sshd(pam_unix)[19939]: failure":                                {"combo", "sshd"},
		"Jun 14 15:16:01 combo kernel: ACPI: off":                                             {"combo", "kernel"},
		"Jun 14 15:16:01 combo syslogd 1.4.1: restart.":                                       {"combo", "syslogd"},
		"Jul  1 09:00:55 mac-1 Google Chrome Helper[43]: m":                                   {"mac-1", "Google Chrome Helper"},
		"<30>Jul  1 09:00:55 web-1 /usr/sbin/cron[43]: m":                                     {"web-1", "cron"},
		"2024-01-02T15:04:05.123456+00:00 web-1 app[12]: m":                                   {"web-1", "app"},
		"- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam)[1]: m":           {"dn228", "crond"},
		"- 1117838570 2005.06.03 R02-M1:J12 2005-06-03-15.42.50.675872 R02 RAS KERNEL INFO m": {"R02-M1:J12", ""},
		"Jul  1 09:00:55 mac-1 sandboxd[129] ([31211]): m":                                    {"mac-1", "sandboxd"},
		"- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 ACPI: m":                    {"dn228", ""},
		"Jun 14 15:16:01 starting the server":                                                 {"", ""},
		"Jun 14 15:16:01 INFO main: m":                                                        {"", ""},
		"2024-01-02T15:04:05Z note: m":                                                        {"", ""},
		"2024-01-02 15:04:05 web-1 app: m":                                                    {"", ""},
	} {
		e := line.Parse(text, now)
		if e.Host != want[0] || e.Service != want[1] {
			t.Errorf("%q: host %q, service %q; want %q", text, e.Host, e.Service, want)
		}
	}
}
