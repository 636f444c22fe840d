package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
	"github.com/seed-2f16ea30/logsieve/internal/bench/process"
)

// server is what is measured, with a connection that writes to it.
type server struct {
	addresses

	own     *process.Process // nil: somebody else's
	dir     string           // of its store
	hosts   []string         // what the filters ask for beside their class
	conn    *grpc.ClientConn
	writers *load.Writers
}

// addresses are where a server listens, and its process, 0 if it is not known.
type addresses struct {
	GRPC, HTTP string
	pid        int
}

// errOwnServer is what a row fails with that would change somebody else's server, or
// needs to know it from its beginning.
var errOwnServer = errors.New("needs a server of its own, with nothing stored")

// startTime is how long a server may take to start.
const startTime = 30 * time.Second

// server returns a server that nobody else uses, or the one of the options. It must be
// closed.
func (r *run) server(ctx context.Context) (*server, error) {
	if t := r.options.Target; t != nil {
		s := &server{addresses: addresses{GRPC: t.GRPC, HTTP: t.HTTP, pid: t.PID}}
		host := fmt.Sprintf("bench-%d-", time.Now().UnixNano())
		s.hosts = []string{host + "*"}
		err := s.connect(host)
		return s, err
	}
	return r.ownServer(ctx)
}

// ownServer returns a server that nobody else uses.
func (r *run) ownServer(ctx context.Context) (_ *server, err error) {
	if r.options.Target != nil {
		return nil, errOwnServer
	}
	s := &server{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.dir, err = os.MkdirTemp("", "logsieve-bench-"); err != nil {
		return nil, err
	}
	s.own, err = process.Start(roomy(), r.options.Program, "serve",
		"--store-dir", filepath.Join(s.dir, "data"),
		"--grpc-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0",
		"--otlp-grpc-address", "", "--otlp-http-address", "", "--admin-address", "",
		"--log-format", "json")
	if err != nil {
		return nil, err
	}
	if s.addresses, err = serving(ctx, s.own); err != nil {
		return nil, err
	}
	err = s.connect("bench-")
	return s, err
}

// roomy returns the settings with which a server takes a crowd that comes from one
// address. All else is as it is by default.
func roomy() []string {
	const crowd = "=20000"
	return []string{
		"LOGSIEVE_NETWORK_MAX_CONNECTIONS" + crowd,
		"LOGSIEVE_NETWORK_MAX_CONNECTIONS_PER_ADDRESS" + crowd,
		"LOGSIEVE_STREAM_MAX_STREAMS" + crowd,
	}
}

// serving waits until a server serves.
func serving(ctx context.Context, p *process.Process) (addresses, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	const sign = `"msg":"serving"`
	line, err := p.AwaitLine(ctx, func(line string) bool { return strings.Contains(line, sign) })
	if err != nil {
		return addresses{}, fmt.Errorf("start a server: %w", err)
	}
	var record struct{ Addresses struct{ GRPC, HTTP string } }
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		return addresses{}, fmt.Errorf("where the server listens: %w", err)
	}
	return addresses{GRPC: record.Addresses.GRPC, HTTP: record.Addresses.HTTP, pid: p.PID()}, nil
}

func (s *server) connect(host string) error {
	source, err := load.NewSource(host)
	if err != nil {
		return err
	}
	if s.conn, err = dial(s.GRPC); err != nil {
		return err
	}
	s.writers = load.NewWriters(s.conn, source)
	return nil
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// filter returns the filter of a class, for a stream that says when it is live.
func (s *server) filter(class load.Class) *loggerv1.LogFilter {
	f := class.Filter()
	f.Hosts, f.Notices = s.hosts, true
	return f
}

// close ends what belongs to the benchmark.
func (s *server) close() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.own != nil {
		errs = append(errs, s.own.Stop())
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}
