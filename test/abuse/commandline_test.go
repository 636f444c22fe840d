package abuse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestHostileLines has hostile lines printed by the command line, into a pipe and on a
// terminal, in every form that is for people.
func TestHostileLines(t *testing.T) {
	attack{
		order: 80, name: "hostile lines through the command line", expected: "0 bytes outside its allow-list",
		growth: 256 << 20, // the ring of recent entries fills
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			forms := outputs()
			each := scale(4_000, 200_000)
			writeHostile(t, connectTo(t, s.GRPC), each*9/10)
			sendHostile(t, s, each/10)
			printed, bad := 0, 0
			for _, o := range forms {
				lines, outside := o.print(t, s, each)
				printed, bad = printed+lines, bad+outside
			}
			return fmt.Sprintf("%d entries, as %d lines", each*len(forms), printed), fmt.Sprintf("%d bytes", bad)
		},
	}.launch(t)
}

// writeHostile writes entries that are hostile in every part.
func writeHostile(t *testing.T, conn *grpc.ClientConn, entries int) {
	t.Helper()
	m, logger := newMalice(1), loggerv1.NewLoggerClient(conn)
	for entries > 0 {
		n := min(entries, 2_000)
		batch := &loggerv1.WriteEntriesRequest{}
		for range n {
			batch.Entries = append(batch.Entries, m.entry("hostile"))
		}
		response, err := logger.WriteEntries(t.Context(), batch)
		must(t, err)
		if len(response.GetRejected()) > 0 {
			t.Fatalf("an entry was refused: %v", response.GetRejected()[0])
		}
		entries -= n
	}
}

// sendHostile sends lines that are not even text.
func sendHostile(t *testing.T, s *server.Server, lines int) {
	t.Helper()
	m := newMalice(2)
	var text bytes.Buffer
	for range lines {
		text.WriteString(m.line())
	}
	command := exec.CommandContext(t.Context(), server.Plain.Path(t), "send", "--server", s.GRPC, "--service", "hostile")
	command.Stdin = &text
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("logsieve send: %v\n%s", err, out)
	}
}

// output is a way to print entries.
type output struct {
	options  []string
	terminal bool
}

func outputs() []output {
	return []output{
		{options: []string{"-o", "text"}},
		{options: []string{"-o", "json"}},
		{options: []string{"-o", "text"}, terminal: true},
		{options: []string{"-o", "raw"}, terminal: true},
		{options: []string{"-o", "template={{.Message}} {{.Attr \"user\"}} {{.Host}}"}, terminal: true},
	}
}

// print prints so many entries and counts the lines, and the bytes that must not be there.
func (o output) print(t *testing.T, s *server.Server, entries int) (lines, outside int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	args := append([]string{"tail", "--server", s.GRPC, "--service", "hostile", "--no-follow", "-n", fmt.Sprint(entries)}, o.options...)
	command := exec.CommandContext(ctx, server.Plain.Path(t), args...)
	command.Env = append(os.Environ(), "TERM=xterm-256color")
	out, err := o.start(command)
	must(t, err)
	check := guardian{colours: o.terminal}
	if _, err := io.Copy(&check, out); err != nil && !errors.Is(err, syscall.EIO) { // how Linux tells that a terminal has ended
		t.Fatal(err)
	}
	_ = out.Close() // it was only read
	if err := command.Wait(); err != nil {
		t.Errorf("logsieve %s: %v", strings.Join(args, " "), err)
	}
	check.end()
	if check.outside > 0 {
		t.Errorf("logsieve %s: %d bytes outside the allow-list: %q", strings.Join(args, " "), check.outside, check.example)
	}
	if check.lines < entries {
		t.Errorf("logsieve %s: %d lines of %d entries", strings.Join(args, " "), check.lines, entries)
	}
	return check.lines, check.outside
}

func (o output) start(command *exec.Cmd) (io.ReadCloser, error) {
	if o.terminal {
		return pty.StartWithSize(command, &pty.Winsize{Rows: 50, Cols: 200})
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return out, command.Start()
}

// guardian counts what may not be printed: everything but text, tabs and line ends and, on
// a terminal, colours that are ours.
type guardian struct {
	colours        bool
	rest           []byte // the beginning of a line
	lines, outside int
	example        string
}

var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Write takes in what was printed.
func (g *guardian) Write(p []byte) (int, error) {
	g.rest = append(g.rest, p...)
	for {
		line, rest, ok := bytes.Cut(g.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		g.line(line)
		g.rest = rest
	}
}

// end takes in that there is no more.
func (g *guardian) end() {
	if len(g.rest) > 0 {
		g.line(g.rest)
	}
}

func (g *guardian) line(line []byte) {
	g.lines++
	if g.colours { // it is a terminal, which also ends lines its own way
		line = colour.ReplaceAllFunc(bytes.TrimSuffix(line, []byte("\r")), func(c []byte) []byte {
			if bytes.Contains(c, []byte("99")) {
				return c // not ours
			}
			return nil
		})
	}
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		if isForbidden(r, size) {
			if g.outside == 0 {
				g.example = string(line[max(i-20, 0):min(i+20, len(line))])
			}
			g.outside += size
		}
		i += size
	}
}

// isForbidden is the allow-list, turned round: controls but the tab, what turns the
// direction of text around, what separates lines, and what is not UTF-8.
func isForbidden(r rune, size int) bool {
	switch {
	case r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r <= 0x9f, r == utf8.RuneError && size == 1:
		return true
	default:
		return strings.ContainsRune("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029", r)
	}
}
