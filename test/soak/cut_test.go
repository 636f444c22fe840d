package soak

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
	"github.com/seed-2f16ea30/logsieve/test/socket"
)

// keepAlive is how long a server may take to find that a client is gone without a word:
// it asks after 30 s and waits 10 s.
const keepAlive = 40 * time.Second

// TestCut ends a thousand streams, half of them WebSockets, in seven ways, after which the
// server holds nothing of them.
func TestCut(t *testing.T) {
	t.Parallel()
	const each = 143 // seven times, 1,001
	s := server.Start(t, server.Plain, newSettings(t, nil))
	writing := mixedLoad(t, s, 300)
	time.Sleep(time.Second) // so that what the first entries cost is there before
	writing.stop()
	idle := settled(t, s)
	r := row{
		order: 4, name: "cut streams", input: fmt.Sprintf("%d streams over gRPC and WebSockets", 7*each),
		faults: "context, half-close, FIN, RST, client killed, GOAWAY, half-open", peak: s.PeakMemory(t),
	}
	for _, way := range []struct {
		name   string
		cut    func(t *testing.T, s *server.Server, streams int) []*subscriber
		within time.Duration // beyond returnTime
	}{
		{"context", byContext, 0},
		{"half-close", byHalfClose, 0},
		{"FIN", byLine(false), 0},
		{"RST", byLine(true), 0},
		{"killed", byKill, 0},
		{"GOAWAY", byGoAway, 0},
		{"half-open", byHole, keepAlive + settleTime},
	} {
		if way.name == "half-open" && !*long {
			continue // see TestHalfOpen
		}
		began := time.Now()
		watching := way.cut(t, s, each)
		cut := time.Now()
		within := way.within + returnTime()
		left := remaining(t, s, idle, within)
		if left > 0 {
			t.Errorf("%s: %d goroutines more than before after %v", way.name, left, within)
		}
		r.leaked += left
		if way.within == 0 {
			r.recovery = max(r.recovery, time.Since(cut))
		}
		t.Logf("%-10s opened and cut in %v, let go after %v", way.name, cut.Sub(began).Round(time.Millisecond), time.Since(cut).Round(time.Millisecond))
		log := readLog(t, s.GRPC)
		for _, w := range watching {
			r.count(t, w.check(log, history.Options{}))
		}
	}
	heap := rested(t, s, heapInUse) - idle.heap
	const most = 8 << 20 // what a collector may leave in pieces
	if heap > most {
		t.Errorf("the server's heap is %s larger than before", mib(heap))
	}
	r.remark = fmt.Sprintf("half-open ones gone within %v; heap %+.1f MiB in the end", keepAlive, heap/(1<<20))
	report(t, r)
}

// remaining returns how many goroutines more than before there are, at the latest after
// some time.
func remaining(t *testing.T, s *server.Server, before state, within time.Duration) (more int) {
	t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(50 * time.Millisecond) { // another process
		more = max(s.Goroutines(t)-before.goroutines, 0)
		if more == 0 || time.Now().After(deadline) {
			return more
		}
	}
}

// open opens streams on a connection to the address of the gRPC server and, where there is
// an address for them, every other one as a WebSocket. They are live.
func open(t *testing.T, grpcAddress, httpAddress string, streams int) (*grpc.ClientConn, []*subscriber) {
	t.Helper()
	conn := connect(t, grpcAddress)
	var all []*subscriber
	for i := range streams {
		w := bare(fmt.Sprintf("stream %d", i), conn)
		if i%2 == 1 && httpAddress != "" {
			w = overWebSocket(fmt.Sprintf("WebSocket %d", i), httpAddress)
		}
		must(t, w.watch(nth(i)))
		t.Cleanup(w.cut)
		all = append(all, w)
	}
	for _, w := range all {
		must(t, w.awaitLive())
	}
	return conn, all
}

func byContext(t *testing.T, s *server.Server, streams int) []*subscriber {
	t.Helper()
	conn, all := open(t, s.GRPC, s.HTTP, streams)
	for _, w := range all {
		w.cut()
	}
	must(t, conn.Close())
	return all
}

func byHalfClose(t *testing.T, s *server.Server, streams int) []*subscriber {
	t.Helper()
	conn, all := open(t, s.GRPC, s.HTTP, streams)
	for _, w := range all {
		must(t, w.halfClose())
	}
	for _, w := range all {
		w.ended() // the checker wants OK
	}
	must(t, conn.Close())
	return all
}

func byLine(reset bool) func(t *testing.T, s *server.Server, streams int) []*subscriber {
	return func(t *testing.T, s *server.Server, streams int) []*subscriber {
		t.Helper()
		lines := []*proxy{startProxy(t, s.GRPC), startProxy(t, s.HTTP)}
		conn, all := open(t, lines[0].address(), lines[1].address(), streams)
		for _, line := range lines {
			line.cut(reset)
		}
		for _, w := range all {
			w.ended()
		}
		must(t, conn.Close())
		for _, line := range lines {
			line.close()
		}
		return all
	}
}

func byGoAway(t *testing.T, s *server.Server, streams int) []*subscriber {
	t.Helper()
	conn, all := open(t, s.GRPC, "", streams) // WebSockets have nothing like it
	must(t, conn.Close())                     // grpc-go says GOAWAY before it closes
	for _, w := range all {
		w.ended()
	}
	return all
}

// byHole lets the network forget the connection: the client is gone, and the server is not
// told.
func byHole(t *testing.T, s *server.Server, streams int) []*subscriber {
	t.Helper()
	return vanish(t, startProxy(t, s.GRPC), startProxy(t, s.HTTP), streams)
}

// vanish opens streams through lines that then swallow everything, also that their clients
// have gone.
func vanish(t *testing.T, toGRPC, toHTTP *proxy, streams int) []*subscriber {
	t.Helper()
	conn, all := open(t, toGRPC.address(), toHTTP.address(), streams)
	toGRPC.hole.Store(true)
	toHTTP.hole.Store(true)
	must(t, conn.Close())
	for _, w := range all {
		w.cut()
	}
	return all
}

// These tell a child of byKill where its server is.
const (
	doomedGRPC = "LOGSIEVE_SOAK_DOOMED"
	doomedHTTP = "LOGSIEVE_SOAK_DOOMED_HTTP"
)

// byKill opens the streams in a process of their own, and kills it.
func byKill(t *testing.T, s *server.Server, streams int) []*subscriber {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), doomedGRPC+"="+s.GRPC, doomedHTTP+"="+s.HTTP, fmt.Sprintf("LOGSIEVE_SOAK_STREAMS=%d", streams))
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	line := make([]byte, 16)
	n, err := out.Read(line)
	if err != nil || !strings.HasPrefix(string(line[:n]), "open") {
		t.Errorf("the child says %q, %v", line[:n], err)
	}
	must(t, child.Process.Signal(syscall.SIGKILL))
	_ = child.Wait() // it was killed
	return nil
}

// doomed is the child of byKill: it opens streams and waits for its end.
func doomed() bool {
	address := os.Getenv(doomedGRPC)
	if address == "" {
		return false
	}
	var streams int
	_, err := fmt.Sscan(os.Getenv("LOGSIEVE_SOAK_STREAMS"), &streams)
	if err != nil {
		panic(err)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	for i := range streams {
		var stream bidi
		if i%2 == 0 {
			stream, err = loggerv1.NewLoggerClient(conn).Monitor(context.Background())
		} else {
			stream, err = socket.Dial(context.Background(), os.Getenv(doomedHTTP), nil)
		}
		if err == nil {
			err = stream.Send(&loggerv1.LogFilter{Notices: true})
		}
		if err == nil {
			_, err = stream.Recv()
		}
		if err != nil {
			panic(err)
		}
	}
	fmt.Println("open")
	select {}
}
