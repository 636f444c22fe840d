package abuse

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// living is the inside of a neighbour.
type living struct {
	client *client.Client
	tls    *tls.Config // nil: in the clear

	mu      sync.Mutex
	sent    []time.Time // by the number of the entry
	stored  []bool      // that were acknowledged
	came    [2][]int    // how often each came, by transport
	samples []time.Duration
	from    int // where the samples since the last account begin
	trouble []string
	refused int
	closing bool
}

// The transports.
const (
	overGRPC = iota
	overWebSocket
)

// neighbourService is the service of a neighbour's entries.
const neighbourService = "neighbour"

// pace is how often a neighbour writes an entry, and grace how long the last one may take.
const (
	pace  = 5 * time.Millisecond
	grace = 20 * time.Second
)

// beNeighbour lives as a neighbour if this process is one.
func beNeighbour() bool {
	address := os.Getenv(neighbourGRPC)
	if address == "" {
		return false
	}
	options := []client.Option{client.WithReconnect(false)}
	if token := os.Getenv(neighbourToken); token != "" {
		options = append(options, client.WithToken(token))
	}
	trust, err := trust()
	if err != nil {
		panic(err)
	}
	if trust != nil {
		options = append(options, client.WithTLS(trust))
	}
	c, err := client.Dial(address, options...)
	if err != nil {
		panic(err)
	}
	l := &living{client: c, tls: trust}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := l.live(ctx); err != nil {
		panic(err)
	}
	return true
}

func (l *living) live(ctx context.Context) error {
	filter := &loggerv1.LogFilter{Services: []string{neighbourService}, Notices: true}
	stream, err := l.client.Monitor(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(filter); err != nil {
		return err
	}
	socket, err := l.openSocket(ctx)
	if err != nil {
		return err
	}
	var live sync.WaitGroup
	for transport, next := range []func() (*heard, error){overGRPC: hearing(stream), overWebSocket: listening(socket)} {
		live.Add(1)
		go l.receive(transport, next, live.Done)
	}
	live.Wait()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		l.write(ctx, stop)
	}()
	l.tell(account{})
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		l.tell(l.account(false))
	}
	close(stop)
	<-stopped
	l.awaitAll()
	l.tell(l.account(true))
	return nil
}

// trust returns whom to trust, nil where nothing is encrypted.
func trust() (*tls.Config, error) {
	file := os.Getenv(neighbourTrust)
	if file == "" {
		return nil, nil //nolint:nilnil // see above
	}
	return trusting(file)
}

func (l *living) openSocket(ctx context.Context) (*websocket.Conn, error) {
	header := http.Header{}
	if token := os.Getenv(neighbourToken); token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	scheme := "ws"
	if l.tls != nil {
		scheme = "wss"
	}
	dialer := websocket.Dialer{TLSClientConfig: l.tls}
	socket, _, err := dialer.DialContext(ctx, scheme+"://"+os.Getenv(neighbourHTTP)+"/logs/monitor?notices=true&services="+neighbourService, header)
	return socket, err
}

// heard is a message of a stream: an entry, or a notice.
type heard struct {
	message        string
	notice, caught bool
}

func hearing(stream *client.Stream) func() (*heard, error) {
	return func() (*heard, error) {
		e, err := stream.Recv()
		return &heard{e.GetMessage(), e.GetNotice() != nil, e.GetNotice().GetCaughtUp() != nil}, err
	}
}

func listening(socket *websocket.Conn) func() (*heard, error) {
	return func() (*heard, error) {
		var frame struct {
			Result struct {
				Message string
				Notice  *struct {
					CaughtUp *struct{} `json:"caught_up"`
				}
			}
		}
		err := socket.ReadJSON(&frame)
		notice := frame.Result.Notice
		return &heard{frame.Result.Message, notice != nil, notice != nil && notice.CaughtUp != nil}, err
	}
}

// receive takes in what comes until its stream ends, which must not be before the end. It
// says once when what follows is live.
func (l *living) receive(transport int, next func() (*heard, error), live func()) {
	once := sync.OnceFunc(live)
	for {
		h, err := next()
		if err != nil {
			l.complain("its stream %d has ended: %v", transport, err)
			once()
			return
		}
		if h.caught {
			once()
		}
		if h.notice {
			continue
		}
		if n, err := strconv.Atoi(h.message); err == nil {
			l.take(transport, n)
		} else {
			l.complain("it was sent %q", h.message)
		}
	}
}

func (l *living) take(transport, n int) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.samples = append(l.samples, now.Sub(l.sent[n]))
	if l.came[transport][n]++; l.came[transport][n] > 1 {
		l.trouble = append(l.trouble, fmt.Sprintf("entry %d came twice", n))
	}
}

func (l *living) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closing {
		l.trouble = append(l.trouble, fmt.Sprintf(format, args...))
	}
}

// write writes an entry at each tick. They are written by one after the other: one that
// has to wait makes the next one late, and that is not the next one's latency.
func (l *living) write(ctx context.Context, stop chan struct{}) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		l.sent, l.stored = append(l.sent, time.Now()), append(l.stored, false)
		l.came[overGRPC], l.came[overWebSocket] = append(l.came[overGRPC], 0), append(l.came[overWebSocket], 0)
		l.mu.Unlock()
		_, err := l.client.Write(ctx, &loggerv1.LogEntry{Service: neighbourService, Message: strconv.Itoa(n)})
		l.mu.Lock()
		if l.stored[n] = err == nil; err != nil {
			l.refused++
			l.trouble = append(l.trouble, "writing: "+err.Error())
		}
		l.mu.Unlock()
	}
}

// awaitAll waits until everything that was acknowledged has come.
func (l *living) awaitAll() {
	for deadline := time.Now().Add(grace); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) { // an end nobody announces
		if l.account(true).Missing == 0 {
			break
		}
	}
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
}

// account tells what there is since the last one, or in all.
func (l *living) account(all bool) (a account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	samples := l.samples[l.from:]
	if all {
		samples = l.samples
	} else {
		l.from = len(l.samples)
	}
	a.latency = measure(slices.Clone(samples))
	a.Refused, a.Trouble = l.refused, l.trouble[:min(len(l.trouble), 5)]
	for n, stored := range l.stored {
		if !stored {
			continue
		}
		a.Written++
		for _, came := range l.came {
			if came[n] == 0 {
				a.Missing++
			}
		}
	}
	return a
}

func measure(samples []time.Duration) latency {
	if len(samples) == 0 {
		return latency{}
	}
	slices.Sort(samples)
	at := func(percent int) time.Duration { return samples[(len(samples)-1)*percent/100] }
	return latency{Samples: len(samples), P50: at(50), P99: at(99)}
}

func (*living) tell(a account) {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
