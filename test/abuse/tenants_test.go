package abuse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

const (
	tenants = 50
	// readersEach is how many principals read the entries of one tenant.
	readersEach = 4
)

// tenantName is the name of a tenant. It stands in every part of every entry of the tenant's,
// behind a ~ that stands nowhere else.
func tenantName(n int) string { return fmt.Sprintf("~t%02d", n) }

// leaks counts what was told to those who may not know it.
type leaks struct {
	entries, counts, labels, cursors atomic.Int64
	// delivered is what was told to those who may.
	delivered atomic.Int64
}

func (l *leaks) String() string {
	return fmt.Sprintf("leaked: %d entries, %d counts, %d labels, %d cursors; %d entries told to those who may read them",
		l.entries.Load(), l.counts.Load(), l.labels.Load(), l.cursors.Load(), l.delivered.Load())
}

func (l *leaks) total() int64 {
	return l.entries.Load() + l.counts.Load() + l.labels.Load() + l.cursors.Load()
}

// TestTenants has fifty tenants write, and two hundred principals, each of one of them, ask
// in every way for what is not theirs.
func TestTenants(t *testing.T) {
	var file access
	var writers, readers []string
	for n := range tenants {
		writers = append(writers, file.add(fmt.Sprintf("writer-%02d", n), fmt.Sprintf("write: true, stamp: {attributes: {tenant: %q}}", tenantName(n))))
	}
	for n := range tenants * readersEach {
		scope := fmt.Sprintf(`attributes.tenant=\"%s\"`, tenantName(n%tenants))
		if n >= tenants*(readersEach-1) {
			scope += " severity>=WARN"
		}
		readers = append(readers, file.add(fmt.Sprintf("reader-%03d", n), `read: "`+scope+`"`))
	}
	neighbour := file.add("neighbour", `read: service=neighbour, write: true`)
	attack{
		order: 22, name: "tenants reading each other", expected: "0 of anything", token: neighbour, growth: 512 << 20,
		settings: server.Settings{
			"auth.file": file.write(t), "ingest.rate_size": "1GiB", "ingest.rate_entries": 10_000_000, "network.max_connections_per_address": 10_000,
		},
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			each := scale(200, 20_000)
			v := &village{server: s, conns: []*grpc.ClientConn{connectTo(t, s.GRPC), connectTo(t, s.GRPC)}, readers: readers, each: each}
			v.run(t, writers)
			return fmt.Sprintf("%d entries of %d tenants, %d principals", each*tenants, tenants, len(readers)), v.leaks.String()
		},
	}.launch(t)
}

// village is a server with many tenants.
type village struct {
	server  *server.Server
	conns   []*grpc.ClientConn
	readers []string // their tokens: reader n belongs to tenant n modulo tenants
	each    int      // how many entries each tenant writes
	leaks   leaks
}

func (v *village) logger(n int) loggerv1.LoggerClient {
	return loggerv1.NewLoggerClient(v.conns[n%len(v.conns)])
}

// as returns the context of a call with a token.
func as(ctx context.Context, token string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}

func (v *village) run(t *testing.T, writers []string) {
	t.Helper()
	watching, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for n, token := range v.readers {
		all.Go(func() { v.watch(as(watching, token), watching, n) })
	}
	each(t, tenants, func(n int) error { return v.write(as(t.Context(), writers[n]), n) })
	time.Sleep(scale(200*time.Millisecond, 5*time.Second)) // those who watch are behind: this is how long they may read on
	stop()
	all.Wait()

	positions := make([]position, len(v.readers))
	each(t, len(v.readers), func(n int) (err error) {
		positions[n], err = v.list(as(t.Context(), v.readers[n]), n)
		return err
	})
	each(t, len(v.readers), func(n int) error { return v.count(as(t.Context(), v.readers[n]), n) })
	each(t, len(v.readers), func(n int) error { return v.borrow(as(t.Context(), v.readers[n]), n, positions) })
	if v.leaks.total() > 0 || v.leaks.delivered.Load() == 0 {
		t.Error(&v.leaks)
	}
}

// write writes the entries of a tenant. Some say that they are another's.
func (v *village) write(ctx context.Context, n int) error {
	name, logger := tenantName(n), v.logger(n)
	for from := 0; from < v.each; from += 500 {
		request := &loggerv1.WriteEntriesRequest{}
		for i := from; i < min(from+500, v.each); i++ {
			e := &loggerv1.LogEntry{
				Service: "shop-" + name, Host: "host-" + name, Severity: loggerv1.Severity(1 + i%6),
				Message:    fmt.Sprintf("entry %d of %s: payment timed out after 30 s", i, name),
				Attributes: map[string]string{"user": "user-" + name, "key_" + name: "value"},
			}
			if i%10 == 0 {
				e.Attributes["tenant"] = tenantName(n + 1)
			}
			request.Entries = append(request.Entries, e)
		}
		if _, err := logger.WriteEntries(ctx, request); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	return nil
}

// nosy returns a filter of somebody who wants to see what is another's.
func nosy(r *rand.Rand, own, other string) *loggerv1.LogFilter {
	all := []*loggerv1.LogFilter{
		{},
		{Query: "severity>=DEBUG"},
		{Query: "payment OR NOT payment"},
		{Query: fmt.Sprintf("attributes.tenant=%q", other)},
		{Query: fmt.Sprintf("NOT attributes.tenant=%q", own)},
		{Query: fmt.Sprintf("attributes.tenant=%q OR attributes.tenant=%q", own, other)},
		{Query: fmt.Sprintf("message:%q", other)},
		{Query: "service=shop*"},
		{Query: fmt.Sprintf("NOT (attributes.tenant=%q payment)", own)},
		{Query: fmt.Sprintf("attributes.tenant=%q OR (a OR NOT a)", other)},
		{Regex: "t[0-9]+: payment"},
		{Services: []string{"shop-" + other}},
		{Attributes: map[string]string{"tenant": other}},
		{Excludes: []string{own}},
		{Contains: []string{other}},
		{Hosts: []string{"host-*"}},
	}
	f := all[r.IntN(len(all))]
	switch r.IntN(4) {
	case 0:
		f.Begin = &loggerv1.LogFilter_Last{Last: 1_000_000}
	case 1:
		f.Begin = &loggerv1.LogFilter_Since{Since: timestamppb.New(time.Now().Add(-time.Hour))}
	}
	f.Notices = r.IntN(2) == 0
	if r.IntN(8) == 0 {
		f.MaxEntriesPerSecond = 1
	}
	return f
}

// position is where in the log a reader is: what it might lend to others.
type position struct{ cursor, page string }

// list pages through what a reader is shown.
func (v *village) list(ctx context.Context, n int) (p position, err error) {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	own, other := tenantName(n%tenants), tenantName((n+1+r.IntN(tenants-1))%tenants)
	for range scale(1, 3) {
		f := nosy(r, own, other)
		request := &loggerv1.ListEntriesRequest{
			Query: f.GetQuery(), Services: f.GetServices(), Hosts: f.GetHosts(), Attributes: f.GetAttributes(),
			Contains: f.GetContains(), Excludes: f.GetExcludes(), Regex: f.GetRegex(), PageSize: 100,
		}
		for range 4 {
			page, err := v.logger(n).ListEntries(ctx, request)
			if err != nil {
				return p, fmt.Errorf("listing: %w", err)
			}
			v.judge(own, 1, page.GetEntries()...)
			if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
				break
			}
		}
	}
	return v.first(ctx, n)
}

// first returns where the first entry is that a reader sees.
func (v *village) first(ctx context.Context, n int) (p position, err error) {
	request := &loggerv1.ListEntriesRequest{PageSize: 1}
	for {
		page, err := v.logger(n).ListEntries(ctx, request)
		switch request.PageToken = page.GetNextPageToken(); {
		case err != nil || request.PageToken == "":
			return p, fmt.Errorf("listing everything: %d entries, %w", len(page.GetEntries()), err)
		case len(page.GetEntries()) > 0: // else it has looked long enough for one page
			return position{page.GetEntries()[0].GetCursor(), request.PageToken}, nil
		}
	}
}

// count asks for fields and their values.
func (v *village) count(ctx context.Context, n int) error {
	r := rand.New(rand.NewPCG(uint64(n), 4))
	own, other := tenantName(n%tenants), tenantName((n+1)%tenants)
	for range scale(1, 3) {
		answer, err := v.logger(n).ListFields(ctx, &loggerv1.ListFieldsRequest{Query: nosy(r, own, other).GetQuery(), Values: 1_000, Window: 100_000})
		if err != nil {
			return fmt.Errorf("fields: %w", err)
		}
		if int(answer.GetEntries()) > v.each {
			v.leaks.counts.Add(1)
		}
		for _, field := range answer.GetFields() {
			if int(field.GetEntries()) > v.each {
				v.leaks.counts.Add(1)
			}
			names := []string{field.GetName()}
			for _, value := range field.GetValues() {
				names = append(names, value.GetValue())
			}
			if slices.ContainsFunc(names, func(name string) bool { return foreign(own, []byte(name)) }) {
				v.leaks.labels.Add(1)
			}
		}
	}
	return nil
}

// borrow uses the positions of others. Each must be refused: where it leads is for those to
// know who may read there.
func (v *village) borrow(ctx context.Context, n int, positions []position) error {
	logger := v.logger(n)
	for i := 1; i <= scale(2, 5); i++ {
		theirs := positions[(n+i)%len(positions)]
		stream, err := logger.Tail(ctx, &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: theirs.cursor}})
		if err != nil {
			return err
		}
		if _, err := stream.Recv(); err == nil {
			v.leaks.cursors.Add(1)
		}
		for _, request := range []*loggerv1.ListEntriesRequest{
			{AfterCursor: theirs.cursor}, {BeforeCursor: theirs.cursor}, {PageToken: theirs.page, PageSize: 1},
		} {
			if _, err := logger.ListEntries(ctx, request); err == nil {
				v.leaks.cursors.Add(1)
			}
		}
	}
	return nil
}
