package ingest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
)

// as returns the context of a principal of this name.
func as(t *testing.T, name string, stamp auth.Stamp) context.Context {
	t.Helper()
	return auth.NewContext(t.Context(), &auth.Principal{Name: name, Permissions: auth.Write, Stamp: stamp})
}

func TestStamp(t *testing.T) {
	tenant := auth.Stamp{Service: "shop", Attributes: []entry.Attribute{{Key: "tenant", Value: "a"}}}
	many := make([]entry.Attribute, 0, 200)
	for i := range 200 { // more than an entry may have, all sorted before the stamp
		many = append(many, entry.Attribute{Key: fmt.Sprintf("a%03d", i), Value: "x"})
	}
	for name, e := range map[string]*entry.Entry{
		"says nothing":       {},
		"says another":       {Service: "bank", Attributes: []entry.Attribute{{Key: "tenant", Value: "b"}}},
		"says it twice":      {Attributes: []entry.Attribute{{Key: "tenant", Value: "b"}, {Key: "tenant", Value: "c"}}},
		"has no room for it": {Attributes: many},
	} {
		l := &log{}
		if err := newSink(l, ingest.Limits{}).Append(as(t, "token:a", tenant), []*entry.Entry{e}); err != nil {
			t.Fatal(err)
		}
		got := l.entries[0]
		tenants := 0
		for _, a := range got.Attributes {
			if a.Key == "tenant" {
				tenants++
			}
		}
		if v, _ := got.Attribute("tenant"); v != "a" || tenants != 1 || got.Service != "shop" {
			t.Errorf("an entry that %s: service %q, tenant %q, %d times", name, got.Service, v, tenants)
		}
	}
}

func TestStampOfNobody(t *testing.T) {
	l := &log{}
	e := &entry.Entry{Service: "bank", Host: "h", Attributes: []entry.Attribute{{Key: "tenant", Value: "b"}}}
	if err := newSink(l, ingest.Limits{}).Append(as(t, "", auth.Stamp{}), []*entry.Entry{e}); err != nil {
		t.Fatal(err)
	}
	if got := l.entries[0]; got.Service != "bank" || got.Host != "h" || len(got.Attributes) != 1 {
		t.Errorf("got %+v", got)
	}
}

// clock is one that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// batch returns entries of 1,000 bytes each.
func batch(n int) (all []*entry.Entry) {
	for range n {
		all = append(all, &entry.Entry{Message: strings.Repeat("x", 1000)})
	}
	return all
}

func TestRates(t *testing.T) {
	l, c := &log{}, &clock{seen}
	var hits []string
	sink := ingest.NewSink(l, ingest.Limits{}, c.now)
	sink.LimitRates(ingest.Rates{Bytes: 10_000, Burst: 20_000, Entries: 100}, func(limit string) { hits = append(hits, limit) })
	alice, bob := as(t, "token:alice", auth.Stamp{}), as(t, "token:bob", auth.Stamp{})

	// The burst may be overdrawn by one batch, and is paid back before the next.
	if err := sink.Append(alice, batch(50)); err != nil {
		t.Fatal(err)
	}
	err := sink.Append(alice, batch(1))
	p, _ := fault.Describe(err)
	if p.Code != codes.ResourceExhausted || p.RetryAfter < 3*time.Second || p.RetryAfter > 4*time.Second {
		t.Fatalf("got %+v, want 3 s of patience for 30,000 bytes too many", p)
	}
	stored := len(l.entries)
	if stored != 50 {
		t.Errorf("%d entries are stored, want 50: nothing of what is refused", stored)
	}
	if err := sink.Append(bob, batch(1)); err != nil {
		t.Errorf("another principal pays: %v", err)
	}
	if err := sink.Append(as(t, "", auth.Stamp{}), batch(500)); err != nil {
		t.Errorf("who is not asked who they are: %v", err)
	}
	if err := sink.Append(t.Context(), batch(500)); err != nil {
		t.Errorf("the server's own sources: %v", err)
	}
	c.at = c.at.Add(p.RetryAfter)
	if err := sink.Append(alice, batch(1)); err != nil {
		t.Errorf("as late as it was told: %v", err)
	}
	c.at = c.at.Add(time.Minute)
	if err := sink.Append(alice, make500()); err != nil {
		t.Fatal(err)
	}
	if p, _ := fault.Describe(sink.Append(alice, batch(1))); p.Code != codes.ResourceExhausted {
		t.Errorf("got %+v for too many entries", p)
	}
	if diff := cmp.Diff([]string{"ingest.rate_size", "ingest.rate_entries"}, hits); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
}

// make500 returns small entries, more than may be stored in a second.
func make500() (all []*entry.Entry) {
	for range 500 {
		all = append(all, &entry.Entry{Message: "x"})
	}
	return all
}
