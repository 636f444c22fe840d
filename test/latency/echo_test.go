package latency

import (
	"fmt"
	"net"
	"os"
	"testing"

	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/program"
)

// echoVariable makes the test binary the echo server.
const echoVariable = "LOGSIEVE_LATENCY_ECHO"

// echoServer is a bare gRPC server: what it is sent as a query it sends back as a message.
type echoServer struct {
	loggerv1.UnimplementedLoggerServer
}

func (echoServer) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	for {
		f, err := stream.Recv()
		if err != nil {
			return nil //nolint:nilerr // the client has gone
		}
		if err := stream.Send(&loggerv1.LogEntry{Message: f.GetQuery()}); err != nil {
			return err
		}
	}
}

// echo serves until standard input ends, in a process of its own as logsieve is.
func echo() {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // for the life of the process
	if err != nil {
		return // whoever waits for the address is told that there is none
	}
	s := grpc.NewServer()
	loggerv1.RegisterLoggerServer(s, echoServer{})
	_, _ = fmt.Fprintln(os.Stdout, listener.Addr())
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		s.Stop()
	}()
	_ = s.Serve(listener)
}

// startEcho runs the echo server and returns its address.
func startEcho(t *testing.T) string {
	t.Helper()
	t.Setenv(echoVariable, "1")
	address := make(chan string, 1)
	p := program.Start(t, "", func(line []byte) {
		select {
		case address <- string(line):
		default:
		}
	}, os.Args[0])
	select {
	case a := <-address:
		return a
	case <-p.Ended():
		t.Fatal("the echo server has ended")
		return ""
	}
}
