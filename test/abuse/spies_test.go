package abuse

import (
	"bufio"
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// foreign reports whether a text has the name of a tenant in it that is not the reader's own.
func foreign(own string, text []byte) bool {
	for {
		_, rest, ok := bytes.Cut(text, []byte("~"))
		if !ok {
			return false
		}
		if !bytes.HasPrefix(rest, []byte(own[1:])) {
			return true
		}
		text = rest
	}
}

// judge looks at what a reader was shown, who has asked for it with so many filters: each of
// them may have gone over all that the reader may see.
func (v *village) judge(own string, filters int, entries ...*loggerv1.LogEntry) {
	most := uint64(v.each * filters)
	for _, e := range entries {
		gap, progress := e.GetNotice().GetGap(), e.GetNotice().GetProgress()
		if max(gap.GetEntries(), progress.GetScanned(), progress.GetMatched(), progress.GetBehind()) > most {
			v.leaks.counts.Add(1)
		}
		if e.GetNotice() != nil {
			continue
		}
		v.leaks.delivered.Add(1)
		leaked := e.GetAttributes()["tenant"] != own || foreign(own, []byte(e.GetService()+e.GetHost()+e.GetMessage()))
		for name, value := range e.GetAttributes() {
			leaked = leaked || foreign(own, []byte(name+value))
		}
		if leaked {
			v.leaks.entries.Add(1)
		}
	}
}

// watch reads a stream over one of the transports until ctx ends. The call's context has the
// token.
func (v *village) watch(call, ctx context.Context, n int) {
	r := rand.New(rand.NewPCG(uint64(n), 2))
	own, other := tenantName(n%tenants), tenantName((n+1+r.IntN(tenants-1))%tenants)
	f := nosy(r, own, other)
	switch n / tenants {
	case 0:
		v.watchMonitor(call, n, own, other, r)
	case 1:
		v.watchTail(call, n, own, f)
	case 2:
		v.watchWebSocket(ctx, call, own, f)
	default:
		v.watchHTTP(ctx, call, own, f, r.IntN(2) == 0)
	}
}

// watchMonitor replaces its filter again and again.
func (v *village) watchMonitor(ctx context.Context, n int, own, other string, r *rand.Rand) {
	stream, err := v.logger(n).Monitor(ctx)
	if err != nil {
		return
	}
	filters := 0
	for received := 0; err == nil; received++ {
		if received%50 == 0 {
			filters++
			f := nosy(r, own, other)
			f.Notices = true   // so that there is something to receive
			_ = stream.Send(f) // Recv tells
		}
		var e *loggerv1.LogEntry
		if e, err = stream.Recv(); err == nil {
			v.judge(own, filters, e)
		}
	}
}

func (v *village) watchTail(ctx context.Context, n int, own string, f *loggerv1.LogFilter) {
	stream, err := v.logger(n).Tail(ctx, f)
	for err == nil {
		var e *loggerv1.LogEntry
		if e, err = stream.Recv(); err == nil {
			v.judge(own, 1, e)
		}
	}
}

// authorization returns the header of a call's token.
func authorization(call context.Context) http.Header {
	md, _ := metadata.FromOutgoingContext(call)
	return http.Header{"Authorization": md.Get("authorization")}
}

func (v *village) watchWebSocket(ctx, call context.Context, own string, f *loggerv1.LogFilter) {
	socket, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+v.server.HTTP+"/logs/monitor", authorization(call))
	if err != nil {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	text, err := protojson.Marshal(f)
	if err == nil {
		err = socket.WriteMessage(websocket.TextMessage, text)
	}
	for err == nil {
		var line []byte
		if _, line, err = socket.ReadMessage(); err == nil {
			v.judgeLine(own, line)
		}
	}
	_ = socket.Close() // it has ended
}

// watchHTTP reads lines of JSON, or events.
func (v *village) watchHTTP(ctx, call context.Context, own string, f *loggerv1.LogFilter, events bool) {
	query := url.Values{"query": {f.GetQuery()}, "services": f.GetServices(), "last": {"1000"}, "notices": {"true"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.server.HTTP+"/logs/tail?"+query.Encode(), http.NoBody)
	if err != nil {
		return
	}
	request.Header, request.Close = authorization(call), true
	if events {
		request.Header.Set("Accept", "text/event-stream")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		v.judgeLine(own, bytes.TrimPrefix(lines.Bytes(), []byte("data: ")))
	}
}

// judgeLine looks at a message in JSON as a whole.
func (v *village) judgeLine(own string, line []byte) {
	isEntry := bytes.Contains(line, []byte(`"cursor"`)) && !bytes.Contains(line, []byte(`"notice"`))
	// What is refused may quote the filter.
	if isEntry {
		v.leaks.delivered.Add(1)
		if foreign(own, line) {
			v.leaks.entries.Add(1)
		}
	}
}
