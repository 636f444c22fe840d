//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/nats-io/nats.go"
)

// shape is how many subscribers there are, and on how many subjects in turn the messages
// are published.
type shape struct{ subscribers, subjects int }

var shapes = map[string]shape{
	"firehose":  {1, 1},
	"latency":   {1, 1},
	"fanout":    {1000, 100},
	"everybody": {100, 1},
}

// figures are what is printed.
type figures struct {
	PerSecond     float64 `json:"per_second"`
	CPUPerMillion float64 `json:"cpu_seconds_per_million"`
	P50           float64 `json:"p50_ms"`
	P99           float64 `json:"p99_ms"`
}

const (
	messageBytes = 250
	standstill   = 20 * time.Second
	million      = 1e6
)

func measure(s shape, entries, perSecond int) (f figures, err error) {
	c, err := start()
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	a, err := join(c.url, s)
	if err != nil {
		return f, err
	}
	defer a.leave()
	want := int64(entries) * int64(s.subscribers/s.subjects)
	before, err := c.cpu()
	if err != nil {
		return f, err
	}
	begin := time.Now()
	if err := publish(c.url, s, entries, perSecond); err != nil {
		return f, err
	}
	if err := a.await(want); err != nil {
		return f, err
	}
	wall := time.Since(begin)
	after, err := c.cpu()
	if err != nil {
		return f, err
	}
	f.PerSecond = float64(want) / wall.Seconds()
	f.CPUPerMillion = (after - before).Seconds() / float64(want) * million
	if s.subscribers == 1 {
		f.P50, f.P99 = a.milliseconds(50), a.milliseconds(99)
	}
	return f, nil
}

// audience is all subscribers, each with its own connection.
type audience struct {
	conns []*nats.Conn
	came  atomic.Int64
	times *hdrhistogram.Histogram // of a single subscriber, in microseconds
}

func join(url string, s shape) (*audience, error) {
	const longest, digits = int64(time.Minute / time.Microsecond), 3
	a := &audience{times: hdrhistogram.New(1, longest, digits)}
	take := func(*nats.Msg) { a.came.Add(1) }
	if s.subscribers == 1 {
		take = func(m *nats.Msg) {
			sent := int64(binary.LittleEndian.Uint64(m.Data))
			took := (time.Now().UnixNano() - sent) / int64(time.Microsecond)
			_ = a.times.RecordValue(min(max(took, 1), longest)) // in range
			a.came.Add(1)
		}
	}
	for i := range s.subscribers {
		conn, err := nats.Connect(url)
		if err != nil {
			a.leave()
			return nil, err
		}
		a.conns = append(a.conns, conn)
		sub, err := conn.Subscribe(subject(i%s.subjects), take)
		if err == nil {
			err = errors.Join(sub.SetPendingLimits(-1, -1), conn.Flush())
		}
		if err != nil {
			a.leave()
			return nil, err
		}
	}
	return a, nil
}

func subject(n int) string { return fmt.Sprintf("log.%d", n) }

func (a *audience) leave() {
	for _, conn := range a.conns {
		conn.Close()
	}
}

func (a *audience) milliseconds(percent float64) float64 {
	return float64(a.times.ValueAtQuantile(percent)) / float64(time.Millisecond/time.Microsecond)
}

// await waits until so many messages have come.
func (a *audience) await(want int64) error {
	const look = time.Millisecond
	for last, since := int64(-1), time.Now(); ; time.Sleep(look) {
		now := a.came.Load()
		switch {
		case now == want:
			return nil
		case now != last:
			last, since = now, time.Now()
		case time.Since(since) > standstill:
			return fmt.Errorf("%d of %d messages came", now, want)
		}
	}
}

// publish publishes messages with the time in them, one call each: a hundred times a
// second those that are due, or as many as it can.
func publish(url string, s shape, entries, perSecond int) error {
	conn, err := nats.Connect(url)
	if err != nil {
		return err
	}
	defer conn.Close()
	subjects := make([]string, s.subjects)
	for i := range subjects {
		subjects[i] = subject(i)
	}
	beat := 10 * time.Millisecond
	if s.subscribers == 1 {
		beat = time.Millisecond // one at a time
	}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	body := make([]byte, messageBytes)
	begin := time.Now()
	for at := 0; at < entries; {
		due := entries
		if perSecond > 0 {
			<-ticker.C
			due = min(int(time.Since(begin).Seconds()*float64(perSecond)), entries)
		}
		for ; at < due; at++ {
			binary.LittleEndian.PutUint64(body, uint64(time.Now().UnixNano()))
			if err := conn.Publish(subjects[at%s.subjects], body); err != nil {
				return err
			}
		}
	}
	return conn.FlushTimeout(standstill)
}
