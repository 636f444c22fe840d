//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sys/unix"
)

// serveCommand makes the program the server.
const serveCommand = "serve"

// maxPending is how much the server keeps for a subscriber before it cuts it off: more
// than is ever sent here, since none may be lost.
const maxPending = 2 << 30

// serve serves until standard input ends.
func serve() error {
	const readyTime = 10 * time.Second
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, MaxPending: maxPending})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(readyTime) {
		return errors.New("the NATS server did not start")
	}
	fmt.Println(s.ClientURL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// child is the server, seen from outside.
type child struct {
	url     string
	command *exec.Cmd
	input   io.Closer
}

func start() (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{command: exec.Command(program, serveCommand)}
	c.command.Stderr = os.Stderr
	c.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if c.input, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.url = strings.TrimSpace(line)
	return c, nil
}

func (c *child) stop() error {
	_ = c.input.Close() // ends it
	return c.command.Wait()
}

// cpu returns the processor time that the server has used.
func (c *child) cpu() (time.Duration, error) {
	const allThreads = 2 // see clock_getcpuclockid(3)
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^c.command.Process.Pid<<3|allThreads), &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}
