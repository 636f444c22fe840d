package workload

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Traffic makes entries as a fleet of services writes them: a few hundred templates,
// names and users of which few are very common and most are rare, eight attributes. It
// is not safe for concurrent use.
type Traffic struct {
	random    *rand.Rand
	templates []template
	services  zipf
	users     zipf
	trace     [4]uint64
}

// The fleet.
const (
	services    = 200
	hosts       = 2000
	users       = 100_000
	pods        = 3000
	templates   = 235
	secondsBase = 1_795_268_700 * 1_000_000_000
)

// template is words in turn with values.
type template []string

// The words of messages, the commonest first.
var words = strings.Fields(`request for user in to from failed completed connection order payment cache error timeout after
	query session started closed job worker queue retry upstream response status received sent message processed item
	handler database token expired invalid refresh login logout checkout cart inventory shipment invoice email
	notification scheduled cancelled pending confirmed declined fraud check score threshold exceeded limit rate quota
	memory usage high disk full space low replica lag primary election leader follower heartbeat missed node joined
	left cluster partition rebalanced consumer offset committed topic produced batch flushed index rebuilt snapshot
	created restored deleted updated row table lock deadlock detected transaction rolled back migration applied schema
	version config reloaded feature flag enabled disabled experiment variant assigned certificate renewed handshake
	refused reset peer unreachable dns lookup resolved proxy gateway route matched unauthorized forbidden throttled
	circuit breaker opened half-open healthz probe ready live shutdown draining panic recovered goroutine leak stack
	overflow nil pointer dereference assertion checksum mismatch corrupted archive uploaded bucket object expired
	webhook delivered signature verified subscription renewal trial upgraded downgraded refund issued dispute webhook`)

// values are what stands in templates between words; upper case marks their kind.
var values = []string{"USER", "ORDER", "MS", "IP", "CODE", "PATH", "HEX", "COUNT"}

// NewTraffic returns the traffic of a seed.
func NewTraffic(seed uint64) *Traffic {
	t := &Traffic{random: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // G404: sample data, made again from a seed.
	t.services, t.users = newZipf(services, 1), newZipf(users, 0.8)
	common := newZipf(len(words), 0.5)
	for range templates {
		var parts template
		for range 4 + t.random.IntN(8) {
			parts = append(parts, words[common.draw(t.random)])
			if t.random.IntN(3) == 0 {
				parts = append(parts, values[t.random.IntN(len(values))])
			}
		}
		t.templates = append(t.templates, parts)
	}
	for i := range t.trace {
		t.trace[i] = t.random.Uint64()
	}
	return t
}

func (t *Traffic) service() string { return fmt.Sprintf("svc-%d", t.services.draw(t.random)) }
func (t *Traffic) host() string    { return fmt.Sprintf("host-%d.eu-west-1", t.random.IntN(hosts)) }
func (t *Traffic) pod() string     { return fmt.Sprintf("pod-%x", 7919*t.random.IntN(pods)) }
func (t *Traffic) user() string    { return fmt.Sprintf("u%06d", t.users.draw(t.random)) }
func (t *Traffic) traceID() string {
	return fmt.Sprintf("%016x%016x", t.random.Uint64(), t.random.Uint64())
}

// value returns a text in the place of a word of a template, or the word.
func (t *Traffic) value(word string) string {
	switch word {
	case "USER":
		return t.user()
	case "ORDER":
		return fmt.Sprintf("ord_%d", t.random.IntN(10_000_000))
	case "MS":
		return fmt.Sprintf("%d.%dms", t.random.IntN(900), t.random.IntN(10))
	case "IP":
		return fmt.Sprintf("10.%d.%d.%d", t.random.IntN(4), t.random.IntN(256), t.random.IntN(256))
	case "CODE":
		return []string{"200", "201", "404", "500", "503"}[t.random.IntN(5)]
	case "PATH":
		return fmt.Sprintf("/api/v%d/%s/%d", 1+t.random.IntN(3), words[t.random.IntN(len(words))], t.random.IntN(1000))
	case "HEX":
		return fmt.Sprintf("%08x", t.random.Uint32())
	case "COUNT":
		return fmt.Sprint(t.random.IntN(100))
	}
	return word
}

func (t *Traffic) message() string {
	parts := slices.Clone(t.templates[t.random.IntN(len(t.templates))])
	for i := range parts {
		parts[i] = t.value(parts[i])
	}
	return strings.Join(parts, " ")
}

func (t *Traffic) severity() entry.Severity {
	switch n := t.random.IntN(1000); {
	case n < 150:
		return entry.Debug
	case n < 850:
		return entry.Info
	case n < 950:
		return entry.Warn
	case n < 995:
		return entry.Error
	}
	return entry.Fatal
}

// Entry returns one entry, the caller's own, not frozen.
func (t *Traffic) Entry() *entry.Entry {
	return &entry.Entry{
		Timestamp: secondsBase, Severity: t.severity(), Service: t.service(), Host: t.host(), Message: t.message(),
		TraceID: t.traceID(), SpanID: t.traceID()[:16],
		Attributes: []entry.Attribute{
			{Key: "duration_ms", Value: fmt.Sprint(t.random.IntN(1000))},
			{Key: "http.method", Value: []string{"GET", "POST", "PUT"}[t.random.IntN(3)]},
			{Key: "http.status", Value: t.value("CODE")},
			{Key: "k8s.namespace", Value: "shop"},
			{Key: "k8s.pod", Value: t.pod()},
			{Key: "region", Value: "eu-west-1"},
			{Key: "user_id", Value: t.user()},
			{Key: "version", Value: "1.2.3"},
		},
	}
}

// Entries returns n entries.
func (t *Traffic) Entries(n int) []*entry.Entry {
	all := make([]*entry.Entry, n)
	for i := range all {
		all[i] = t.Entry()
	}
	return all
}

// zipf draws numbers of which few are common: k comes up in proportion to 1/(k+1)^s.
// The standard library's has no s of 1 and below.
type zipf []float64

func newZipf(n int, s float64) zipf {
	sums, sum := make(zipf, n), 0.0
	for k := range n {
		sum += math.Pow(float64(k+1), -s)
		sums[k] = sum
	}
	return sums
}

func (z zipf) draw(random *rand.Rand) int {
	k, _ := slices.BinarySearch(z, random.Float64()*z[len(z)-1])
	return min(k, len(z)-1)
}
