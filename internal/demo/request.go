package demo

import (
	"fmt"
	"slices"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// request is what one visitor asked for, on its way through the services. What the
// entries of a request tell of it, such as the user, is the same in all of them.
type request struct {
	trace   string
	user    string
	session string
	order   string
	sku     string
	address string
	method  string
	path    string
	query   string
	items   int
	amount  float64
	// hops are the services still to be heard of; the first one speaks next.
	hops []hop
	// caller is the hop before the first of hops. Every flow begins with the storefront,
	// which never fails: a service that does always has a caller.
	caller hop
}

// hop is a service that says something about a request.
type hop struct {
	service *service
	span    string
	host    string
	lines   int
	// attempt is how often the caller has tried again, in an incident.
	attempt int
}

// flow is a kind of request and the services that it passes, in order.
type flow struct {
	weight   int
	method   string
	path     string
	services []string
}

var flows = []flow{
	{30, "GET", "/products/%s", []string{"storefront", "catalog", "inventory"}},
	{22, "GET", "/search", []string{"storefront", "search", "catalog"}},
	{14, "POST", "/cart/items", []string{"storefront", "cart", "inventory"}},
	{10, "GET", "/cart", []string{"storefront", "cart", "catalog"}},
	{8, "POST", "/login", []string{"storefront", "accounts"}},
	{9, "POST", "/checkout", []string{
		"storefront", "checkout", "cart", "inventory", "payment", "accounts", "shipping", "notifications",
	}},
	{4, "GET", "/orders/%s", []string{"storefront", "checkout", "shipping"}},
	{3, "POST", "/reviews", []string{"storefront", "accounts", "catalog", "notifications"}},
}

func (g *Generator) newRequest() *request {
	f := g.flow()
	r := &request{
		trace:   fmt.Sprintf("%016x%016x", g.random.Uint64(), g.random.Uint64()),
		user:    fmt.Sprintf("u-%d", 10_000+g.skewed(5_000)),
		session: fmt.Sprintf("%010x", g.random.Uint64()>>24),
		order:   fmt.Sprintf("o-%d", g.between(700_000, 799_999)),
		sku:     fmt.Sprintf("sku-%04d", g.skewed(2_000)),
		address: fmt.Sprintf("203.0.113.%d", g.between(1, 254)),
		method:  f.method,
		path:    f.path,
		query:   pick(g, searches),
		items:   1 + g.skewed(9),
		amount:  float64(g.between(499, 29_999)) / 100,
	}
	switch f.path {
	case "/products/%s":
		r.path = fmt.Sprintf(f.path, r.sku)
	case "/orders/%s":
		r.path = fmt.Sprintf(f.path, r.order)
	}
	for _, name := range f.services {
		r.hops = append(r.hops, g.newHop(serviceByName[name]))
	}
	g.pileUp(r)
	return r
}

// pileUp moves a request on, to the last services before the one that is failing, if
// there is one: in an incident it is there that requests are found.
func (g *Generator) pileUp(r *request) {
	for i, h := range r.hops {
		if skip := i - g.between(1, 2); g.incident.hits(h.service) && skip > 0 {
			r.caller, r.hops = r.hops[skip-1], r.hops[skip:]
			return
		}
	}
}

func (g *Generator) newHop(s *service) hop {
	return hop{
		service: s,
		span:    fmt.Sprintf("%016x", g.random.Uint64()),
		host:    fmt.Sprintf("%s-%d", s.name, g.between(1, s.hosts)),
		lines:   g.between(1, 3),
	}
}

// impatience is how many times as many requests pass a failing service: people press
// the button again.
const impatience = 6

// flow draws a kind of request.
func (g *Generator) flow() *flow {
	f := g.anyFlow()
	for range impatience {
		if s := g.incident.service; s == nil || slices.Contains(f.services, s.name) {
			break
		}
		f = g.anyFlow()
	}
	return f
}

func (g *Generator) anyFlow() *flow {
	n := g.random.IntN(100)
	for i := range flows {
		if n -= flows[i].weight; n < 0 {
			return &flows[i]
		}
	}
	return &flows[0]
}

// hopOf returns where and in which span a service works on the request; a service that
// has no part in it, which speaks of itself, gets a place of its own.
func (r *request) hopOf(g *Generator, s *service) hop {
	if r.caller.service == s {
		return r.caller
	}
	for _, h := range r.hops {
		if h.service == s {
			return h
		}
	}
	return g.newHop(s)
}

func (r *request) done() bool { return len(r.hops) == 0 }

// step returns the next entry of the request, which must not be done.
func (r *request) step(g *Generator) *loggerv1.LogEntry {
	h := &r.hops[0]
	if g.incident.hits(h.service) {
		return r.fail(g, h)
	}
	severity := g.severity()
	e := h.service.entry(g, r, severity, pick(g, h.service.lines[group(severity)]))
	r.finishLine(h)
	return e
}

// finishLine counts a line of the first hop, and goes on to the next one after its last.
func (r *request) finishLine(h *hop) {
	h.lines--
	if h.lines == 0 {
		r.caller = *h
		r.hops = r.hops[1:]
	}
}

// maxAttempts is how often a caller tries a failing service before it gives up.
const maxAttempts = 3

// fail returns what is said while the service of the first hop fails: an error of its
// own, and then the caller's word that it tries again or gives up.
func (r *request) fail(g *Generator, h *hop) *loggerv1.LogEntry {
	if h.attempt == 0 || g.random.IntN(3) > 0 {
		h.attempt++
		return h.service.entry(g, r, loggerv1.Severity_ERROR, pick(g, h.service.lines[failure]))
	}
	caller := r.caller.service
	if h.attempt < maxAttempts {
		return caller.entry(g, r, loggerv1.Severity_WARN, retrying)
	}
	e := caller.entry(g, r, loggerv1.Severity_ERROR, givingUp)
	r.hops = nil
	return e
}
