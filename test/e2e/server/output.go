package server

import (
	"bytes"
	"sync"
	"time"
)

// output keeps what a process writes, and lets others wait for a line of it.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	ended   bool
	changed chan struct{} // closed and replaced with every change
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

// Write takes in what the process has written.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.changeLocked()
	return o.text.Write(p)
}

// end notes that there will be no more.
func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.changeLocked()
}

func (o *output) changeLocked() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// await waits for a whole line of which is is true, but not for ever.
func (o *output) await(most time.Duration, is func(line string) bool) bool {
	timeout := time.NewTimer(most)
	defer timeout.Stop()
	for seen := 0; ; {
		o.mu.Lock()
		rest, ended, changed := string(o.text.Bytes()[seen:]), o.ended, o.changed
		o.mu.Unlock()
		for line := range bytes.Lines([]byte(rest)) {
			if !bytes.HasSuffix(line, []byte("\n")) {
				break
			}
			seen += len(line)
			if is(string(line)) {
				return true
			}
		}
		if ended {
			return false
		}
		select {
		case <-changed:
		case <-timeout.C:
			return false
		}
	}
}

// String returns all of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
