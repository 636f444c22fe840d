package client_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// wantEnd checks what Send and Recv return for ever once a stream has ended.
func wantEnd(t *testing.T, s *client.Stream, send, recv error) {
	t.Helper()
	for range 2 {
		if err := s.Send(nil); !errors.Is(err, send) {
			t.Errorf("Send = %v, want %v", err, send)
		}
		// The example of the documentation compares with ==, and so do other callers.
		if e, err := s.Recv(); e != nil || err != recv { //nolint:errorlint // see above.
			t.Errorf("Recv = %v, %v, want %v", e, err, recv)
		}
	}
}

func TestCloseDuringRecv(t *testing.T) {
	s := play(t, nil, func(c call) error {
		c.filter()
		c.send(applied(1, "0"), entry("1", 1))
		return c.hang()
	})
	mustSend(t, s, nil)
	wantEntry(t, s, "1", 1)
	received := make(chan error, 1)
	go func() {
		_, err := s.Recv()
		received <- err
	}()
	var closers sync.WaitGroup
	for range 3 {
		closers.Go(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	closers.Wait()
	if err := <-received; err != io.EOF { //nolint:errorlint // as callers compare it.
		t.Errorf("Recv during Close = %v, want io.EOF", err)
	}
	wantEnd(t, s, client.ErrClosed, io.EOF)
}

func TestCloseOfTheClientEndsItsStreams(t *testing.T) {
	started := make(chan struct{})
	server := &script{t: t, steps: []func(call) error{func(c call) error {
		c.filter()
		close(started)
		return c.hang()
	}}}
	c := serve(t, server)
	s, err := c.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustSend(t, s, nil)
	received := make(chan error, 1)
	go func() {
		_, err := s.Recv()
		received <- err
	}()
	<-started
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := <-received; err != io.EOF { //nolint:errorlint // as callers compare it.
		t.Errorf("Recv = %v, want io.EOF", err)
	}
	wantEnd(t, s, client.ErrClosed, io.EOF)
	if _, err := c.Monitor(t.Context()); !errors.Is(err, client.ErrClosed) {
		t.Errorf("Monitor after Close = %v, want ErrClosed", err)
	}
}

func TestCancelledContext(t *testing.T) {
	started := make(chan struct{})
	server := &script{t: t, steps: []func(call) error{func(c call) error {
		c.filter()
		close(started)
		return c.hang()
	}}}
	c := serve(t, server)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	s, err := c.Monitor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mustSend(t, s, nil)
	received := make(chan error, 1)
	go func() {
		_, err := s.Recv()
		received <- err
	}()
	<-started
	cancel(cause)
	if err := <-received; !errors.Is(err, cause) {
		t.Errorf("Recv = %v, want the cause of the context", err)
	}
	wantEnd(t, s, cause, cause)
	_ = s.Close()
	wantEnd(t, s, cause, cause)
}

func TestQuietEndOfTheServer(t *testing.T) {
	s := play(t, nil, func(c call) error {
		c.filter()
		c.send(applied(1, "0"), entry("1", 1))
		return nil
	})
	mustSend(t, s, nil)
	wantEntry(t, s, "1", 1)
	if _, err := s.Recv(); err != io.EOF { //nolint:errorlint // as callers compare it.
		t.Errorf("Recv = %v, want io.EOF", err)
	}
	wantEnd(t, s, io.EOF, io.EOF)
}

// What the server still owes after CloseSend is delivered, also through a fault.
func TestCloseSend(t *testing.T) {
	halfClosed := func(c call) {
		t.Helper()
		if f, err := c.Recv(); !errors.Is(err, io.EOF) {
			t.Errorf("the server received %v, %v; want the end of the filters", f, err)
		}
	}
	s := play(
		t, nil,
		func(c call) error {
			c.filter()
			halfClosed(c)
			c.send(applied(1, "0"), entry("1", 1))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "", after("1"))
			c.send(applied(1, "1"))
			halfClosed(c)
			c.send(entry("2", 1))
			return nil
		},
	)
	mustSend(t, s, nil)
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(nil); err == nil {
		t.Error("Send after CloseSend succeeded")
	}
	wantEntry(t, s, "1", 1)
	wantEntry(t, s, "2", 1)
	if _, err := s.Recv(); err != io.EOF { //nolint:errorlint // as callers compare it.
		t.Errorf("Recv = %v, want io.EOF", err)
	}
}

func TestFilterThatCannotBeEncoded(t *testing.T) {
	s := play(t, nil, func(c call) error {
		wantFilter(c, "good", nil)
		c.send(entry("1", 1))
		return c.hang()
	})
	if err := s.Send(query("\xff")); err == nil {
		t.Error("Send took a query that is not UTF-8")
	}
	mustSend(t, s, query("good"))
	wantEntry(t, s, "1", 1)
}

// Without reconnecting, everything is handed through as it is.
func TestWithoutReconnect(t *testing.T) {
	s := play(t, []client.Option{client.WithReconnect(false)}, func(c call) error {
		if f := c.filter(); f.GetNotices() {
			t.Error("the server was asked for notices")
		}
		c.send(applied(1, "0"), entry("1", 1), goodbye(loggerv1.GoodbyeReason_DRAIN, "1"))
		return errCut
	})
	mustSend(t, s, query("a"))
	for _, want := range []*loggerv1.LogEntry{applied(1, "0"), entry("1", 1), goodbye(loggerv1.GoodbyeReason_DRAIN, "1")} {
		if got := mustRecv(t, s); got.String() != want.String() {
			t.Errorf("Recv = %v, want %v", got, want)
		}
	}
	for range 2 {
		if _, err := s.Recv(); status.Code(err) != codes.Unavailable {
			t.Errorf("Recv = %v, want UNAVAILABLE", err)
		}
	}
}

// Everything at once, from many goroutines: the guards of both sides and the race detector
// look on.
func TestConcurrentUse(t *testing.T) {
	for _, reconnect := range []bool{true, false} {
		const senders, receivers, filters, entries = 4, 4, 50, 2000
		s := play(t, []client.Option{client.WithReconnect(reconnect)}, func(c call) error {
			go func() { // one goroutine receives, this one sends
				for {
					if _, err := c.Recv(); err != nil {
						return
					}
				}
			}()
			for range entries {
				if err := c.Send(entry("1", 1)); err != nil {
					return err
				}
			}
			return c.hang()
		})
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for range filters {
					mustNotFail(t, s.Send(query("a")))
				}
			})
		}
		for range receivers {
			all.Go(func() {
				for range entries / receivers / 2 {
					_, err := s.Recv()
					mustNotFail(t, err)
				}
			})
		}
		all.Wait()
		mustNotFail(t, s.Close())
	}
}

func mustNotFail(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
