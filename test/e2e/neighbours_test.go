package e2e

import (
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/feed"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/e2e/watch"
)

// patience is how long a test waits for what should be there in a moment.
const patience = 45 * time.Second

// neighbours are a server and those who use it properly while a test does bad things to
// it. They must not notice.
type neighbours struct {
	server *server.Server
	client *client.Client
	logger loggerv1.LoggerClient

	feed     *feed.Feed
	stop     func()
	watchers []*watch.Watcher
	open     float64
}

func newNeighbours(t *testing.T) *neighbours {
	t.Helper()
	s := server.Start(t, server.Checked, server.NewSettings(t, nil))
	n := &neighbours{server: s, client: dial(t, s), feed: feed.New()}
	n.logger = loggerv1.NewLoggerClient(n.client.Conn())
	n.watchers = []*watch.Watcher{
		watch.Go(t, s.GRPC, nth(0), client.WithReconnect(false)),
		watch.WebSocket(t, s.HTTP, nth(1)),
		watch.Curl(t, s.HTTP, nth(4)),
	}
	for _, w := range n.watchers {
		w.Await(t, "watching", func(s watch.State) bool { return s.CaughtUp })
	}
	n.open = s.Metric(t, openStreams)
	n.stop = run(t, 10, 20*time.Millisecond, n.feed.API(n.client, "neighbour", 1))
	return n
}

const openStreams = "logsieve_stream_open"

// check ends the neighbours' work and wants it to have gone undisturbed: nobody's stream
// has ended, nothing is missing, and the server holds nothing of those who came and went.
func (n *neighbours) check(t *testing.T) {
	t.Helper()
	n.stop()
	entries, log := readLog(t, n.client)
	if err := n.feed.Check(entries); err != nil {
		t.Error(err)
	}
	for _, w := range n.watchers {
		w.AwaitCursor(t, log.End())
		if end := w.State().End; end != nil {
			t.Errorf("%s: its stream has ended: %+v", w.Name, *end)
		}
	}
	verify(t, log, log.End(), n.watchers...)
	eventually(t, "the streams of those who came and went are gone", func() bool {
		return n.server.Metric(t, openStreams) == n.open
	})
}

// eventually waits until a condition holds that nobody announces.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	const often = 20 * time.Millisecond
	ticker, timeout := time.NewTicker(often), time.NewTimer(patience)
	defer ticker.Stop()
	defer timeout.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-timeout.C:
			t.Errorf("not within %v: %s", patience, what)
			return
		}
	}
}
