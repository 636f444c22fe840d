package abuse

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// neighbour is a process that uses the server properly while a test attacks it. It is a
// process of its own so that what is measured is the server's doing: a test that sends as
// fast as it can has no time to receive.
type neighbour struct {
	command *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Scanner
}

// account is what a neighbour has to tell.
type account struct {
	latency
	// Written is how many of its entries were acknowledged, Refused how many were not.
	Written, Refused int
	// Missing are those that were acknowledged and did not come, over both transports.
	Missing int
	// Trouble says what went wrong: a stream that ended, an entry that came twice.
	Trouble []string
}

// The environment of a neighbour.
const (
	neighbourGRPC  = "LOGSIEVE_ABUSE_GRPC"
	neighbourHTTP  = "LOGSIEVE_ABUSE_HTTP"
	neighbourToken = "LOGSIEVE_ABUSE_TOKEN"
	neighbourTrust = "LOGSIEVE_ABUSE_TRUST"
)

// startNeighbour returns a neighbour that watches already.
func startNeighbour(t *testing.T, s *server.Server, token, trust string) *neighbour {
	t.Helper()
	n := &neighbour{command: exec.Command(os.Args[0])}
	n.command.Env = append(n.command.Environ(), neighbourGRPC+"="+s.GRPC, neighbourHTTP+"="+s.HTTP, neighbourToken+"="+token, neighbourTrust+"="+trust)
	n.command.Stderr = os.Stderr
	n.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := n.command.StdoutPipe()
	must(t, err)
	n.ask, err = n.command.StdinPipe()
	must(t, err)
	n.answers = bufio.NewScanner(out)
	must(t, n.command.Start())
	t.Cleanup(func() { n.stop() })
	n.answer(t) // that it watches
	return n
}

// sinceLast returns what there is to tell since it was last asked.
func (n *neighbour) sinceLast(t *testing.T) account {
	t.Helper()
	_, err := io.WriteString(n.ask, "so far\n")
	must(t, err)
	return n.answer(t)
}

// finish lets it come to its end and returns what there is to tell in all. Calling it
// again is no mistake.
func (n *neighbour) finish(t *testing.T) account {
	t.Helper()
	must(t, n.ask.Close())
	a := n.answer(t)
	n.stop()
	return a
}

func (n *neighbour) answer(t *testing.T) (a account) {
	t.Helper()
	if !n.answers.Scan() {
		t.Fatalf("the neighbour has ended: %v", n.answers.Err())
	}
	must(t, json.Unmarshal(n.answers.Bytes(), &a))
	return a
}

func (n *neighbour) stop() {
	_ = n.ask.Close()            // it may be closed
	_ = n.command.Process.Kill() // it has told what it had to tell
	_ = n.command.Wait()
}
