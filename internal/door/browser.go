package door

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// browsers is what keeps the pages of others from using a browser that can reach the
// server. It matters most where nobody is asked who they are: a server on loopback is
// reached by every page that its user opens.
type browsers struct {
	origins map[string]bool
	hosts   []string
	// unsafe refuses what a page of another origin makes a browser send with a method
	// that changes something.
	unsafe *http.CrossOriginProtection
}

func newBrowsers(origins, hosts []string) (*browsers, error) {
	b := &browsers{origins: make(map[string]bool), hosts: hosts, unsafe: http.NewCrossOriginProtection()}
	for _, origin := range origins {
		if err := b.unsafe.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("origin %q: %w: write it as https://logs.example.org", origin, err)
		}
		b.origins[strings.ToLower(origin)] = true
	}
	return b, nil
}

// check returns why a request is refused that a browser may have been made to send.
func (b *browsers) check(r *http.Request) error {
	if !Serves(r.Host, b.hosts) {
		return &fault.Problem{
			Code: codes.PermissionDenied, Reason: "HOST",
			Message: fmt.Sprintf("this server does not go by the name %q", hostname(r.Host)),
			Hint:    "use its address, or have the name put on the list http.hosts",
		}
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		// Not a page, or one of the server's own; a browser that sends no Origin says in
		// Sec-Fetch-Site where an unsafe request comes from.
		if upgrades(r) || b.unsafe.Check(r) == nil {
			return nil
		}
	} else if b.trusts(origin, r) {
		return nil
	}
	return &fault.Problem{
		Code: codes.PermissionDenied, Reason: "ORIGIN",
		Message: fmt.Sprintf("pages of the origin %q may not use this server", origin),
		Hint:    "open the page from the server's own address, or have its origin put on the list http.origins",
	}
}

// trusts reports whether an origin is that of the server itself or on the list. "null", of
// which there are many, is neither.
func (b *browsers) trusts(origin string, r *http.Request) bool {
	if b.origins[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
		return false
	}
	// Without TLS here there may be some before us; with it, a page without is another.
	return u.Scheme == "https" || u.Scheme == "http" && r.TLS == nil
}

// Serves reports whether a server goes by the name in a request's Host: an address in
// numbers, localhost, one of the names given, or nothing. A page whose own name is made to
// point to this machine (DNS rebinding) has the same origin as what it asks for; its name
// is what gives it away. Numbers cannot be made to point elsewhere, and a request without
// a name is none of a browser.
func Serves(host string, names []string) bool {
	name := hostname(host)
	if name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if slices.ContainsFunc(names, func(n string) bool { return hostname(n) == name }) {
		return true
	}
	_, err := netip.ParseAddr(name)
	return err == nil
}

// hostname returns the name in a Host header, without port, brackets and the dot at its
// end.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
