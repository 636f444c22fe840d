package door

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"google.golang.org/grpc/peer"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// visit is a request as a browser, or what is none, sends it.
type visit struct {
	method, host, origin, site string
	upgrade, tls               bool
}

func (v visit) request(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), v.method, "/logs", http.NoBody)
	r.Host = v.host
	if v.tls {
		r.TLS = &tls.ConnectionState{}
	}
	for name, value := range map[string]string{"Origin": v.origin, "Sec-Fetch-Site": v.site} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if v.upgrade {
		r.Header.Set("Connection", "keep-alive, Upgrade")
		r.Header.Set("Upgrade", "WebSocket")
	}
	return r
}

func TestOriginsAndHosts(t *testing.T) {
	b, err := newBrowsers([]string{"https://Portal.example.org"}, []string{"logs.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	const here = "logs.example.org:8080"
	for _, c := range []struct {
		name   string
		visit  visit
		reason string // why it is refused
	}{
		{"a program", visit{method: "GET", host: here}, ""},
		{"a program writes", visit{method: "POST", host: here}, ""},
		{"a program opens a socket", visit{method: "GET", host: here, upgrade: true}, ""},
		{"the server's own page", visit{method: "GET", host: here, origin: "http://" + here, upgrade: true}, ""},
		{"its name in capitals", visit{method: "GET", host: "LOGS.example.org.:8080", upgrade: true}, ""},
		{"behind a proxy with TLS", visit{method: "POST", host: "logs.example.org", origin: "https://logs.example.org", site: "same-origin"}, ""},
		{"a page that is listed", visit{method: "GET", host: here, origin: "https://portal.example.org", upgrade: true}, ""},
		{"by number", visit{method: "GET", host: "192.0.2.1:8080"}, ""},
		{"by another kind of number", visit{method: "GET", host: "[2001:db8::1]:8080"}, ""},
		{"on this machine", visit{method: "GET", host: "localhost:8080"}, ""},
		{"without a name", visit{method: "GET"}, ""},

		{"another page", visit{method: "GET", host: here, origin: "https://evil.example", upgrade: true}, "ORIGIN"},
		{"another page reads", visit{method: "GET", host: here, origin: "https://evil.example"}, "ORIGIN"},
		{"another page writes", visit{method: "POST", host: here, origin: "https://evil.example"}, "ORIGIN"},
		{"another page writes, by an old browser", visit{method: "POST", host: here, site: "cross-site"}, "ORIGIN"},
		{"a page of another port", visit{method: "GET", host: here, origin: "http://logs.example.org:9999", upgrade: true}, "ORIGIN"},
		{"a page without TLS", visit{method: "GET", host: here, origin: "http://" + here, upgrade: true, tls: true}, "ORIGIN"},
		{"a page with no origin to tell", visit{method: "GET", host: here, origin: "null", upgrade: true}, "ORIGIN"},
		{"a page that is listed, with more", visit{method: "GET", host: here, origin: "https://portal.example.org.evil", upgrade: true}, "ORIGIN"},
		{"a file", visit{method: "GET", host: here, origin: "file://", upgrade: true}, "ORIGIN"},
		{"a name made to point here", visit{method: "GET", host: "evil.example:8080", origin: "http://evil.example:8080", upgrade: true}, "HOST"},
		{"a name made to point here, without an origin", visit{method: "GET", host: "evil.example:8080"}, "HOST"},
		{"a name that looks like a number", visit{method: "GET", host: "127.0.0.1.evil.example"}, "HOST"},
		{"a name that ends like this machine's", visit{method: "GET", host: "evil-localhost:8080"}, "HOST"},
	} {
		p, _ := fault.Describe(b.check(c.visit.request(t)))
		if refused := b.check(c.visit.request(t)); refused == nil {
			p = fault.Problem{}
		}
		if p.Reason != c.reason {
			t.Errorf("%s: refused for %q (%s), want %q", c.name, p.Reason, p.Message, c.reason)
		}
	}
	if _, err := newBrowsers([]string{"logs.example.org"}, nil); err == nil {
		t.Error("an origin without a scheme is taken")
	}
}

func TestSubprotocols(t *testing.T) {
	const secret = "sk_ci_a.b/c+d"
	coded := base64.RawURLEncoding.EncodeToString([]byte(secret))
	for _, c := range []struct {
		name, offered string
		authorization []string
		answer        string
	}{
		{"ours", "logs.v1, bearer." + coded, []string{"Bearer " + secret}, "logs.v1"},
		{"ours, the other way round", "bearer." + coded + ",logs.v1", []string{"Bearer " + secret}, "logs.v1"},
		{"without a token", "logs.v1", nil, "logs.v1"},
		{"the proxy's", "Bearer, " + secret, []string{"Bearer " + secret}, "Bearer"},
		{"the proxy's and ours", "logs.v1, Bearer, " + secret, []string{"Bearer " + secret}, "logs.v1"},
		{"no token behind it", "Bearer", nil, ""},
		{"not base64", "logs.v1, bearer.!!", []string{"Bearer "}, "logs.v1"},
		{"padded", "bearer.YQ==", []string{"Bearer "}, ""},
		{"two tokens", "bearer.YQ, bearer.Yg", []string{"Bearer a", "Bearer b"}, ""},
		{"of others", "chat, graphql-ws", nil, ""},
		{"nothing", "", nil, ""},
	} {
		h := http.Header{}
		h.Set(protocolHeader, c.offered)
		got := takeSubprotocols(h)
		if !slices.Equal(got, c.authorization) || h.Get(protocolHeader) != c.answer {
			t.Errorf("%s: %q, answered %q; want %q and %q", c.name, got, h.Get(protocolHeader), c.authorization, c.answer)
		}
	}
}

func TestProxies(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", "2001:db8::7", "::ffff:198.51.100.1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5", "", "192.0.2.1:5"},
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1:5"}, // no proxy of ours
		{"10.1.2.3:5", "203.0.113.9", "203.0.113.9:0"},
		{"10.1.2.3:5", "", "10.1.2.3:5"},
		{"10.1.2.3:5", "1.1.1.1, 203.0.113.9", "203.0.113.9:0"}, // what is left of it, the client wrote
		{"10.1.2.3:5", "203.0.113.9, 10.9.9.9", "203.0.113.9:0"},
		{"10.1.2.3:5", "203.0.113.9:4711", "203.0.113.9:0"},
		{"10.1.2.3:5", "rubbish", "10.1.2.3:5"},
		{"10.1.2.3:5", "203.0.113.9, rubbish", "10.1.2.3:5"},
		{"10.1.2.3:5", "10.4.4.4", "10.4.4.4:0"},
		{"198.51.100.1:5", "203.0.113.9", "203.0.113.9:0"},
		{"[2001:db8::7]:5", "[2001:db8::99]:80", "[2001:db8::99]:0"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.client(r); got.String() != c.want {
			t.Errorf("from %s for %q: %v, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"proxy.example.org"}); err == nil {
		t.Error("a name is taken for a network")
	}
}

// shown keeps what an authenticator was shown.
type shown struct{ credentials auth.Credentials }

func TestAdmit(t *testing.T) {
	leaf := &x509.Certificate{}
	var seen shown
	d := New(authenticator(func(c auth.Credentials) (*auth.Principal, error) {
		seen.credentials = c
		return &auth.Principal{Name: "x", Permissions: auth.Read}, nil
	}))
	var refused error
	web, err := d.Web(WebConfig{TLS: true}, func(_ http.ResponseWriter, _ *http.Request, err error) { refused = err })
	if err != nil {
		t.Fatal(err)
	}
	var within *http.Request
	handler := web.Guard(web.Admit("GET /logs", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { within = r })))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/logs?query=x", http.NoBody)
	r.Host = "localhost"
	r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{leaf}}}
	r.Header = http.Header{
		"Authorization": {"Bearer a", "Bearer b"}, "Cookie": {"token=c"}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Protocol": {"logs.v1, bearer.Yw"}, "X-Forwarded-For": {"203.0.113.9"},
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if within == nil {
		t.Fatalf("refused: %v", refused)
	}
	if c := seen.credentials; !slices.Equal(c.Authorization, []string{"Bearer a", "Bearer b", "Bearer c"}) || c.Certificate != leaf {
		t.Errorf("the authenticator is shown %+v", c)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Forwarded-For"} {
		if within.Header.Get(name) != "" {
			t.Errorf("%s goes on to the handler", name)
		}
	}
	if from, _ := peer.FromContext(within.Context()); from == nil || auth.FromContext(within.Context()).Name != "x" {
		t.Error("the context lacks who it comes from")
	}
	if w.Header().Get("Strict-Transport-Security") == "" || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("the answer has the headers %v", w.Header())
	}

	for _, query := range []string{"token=secret", "query=x&access_token=secret"} {
		within = nil
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/logs?"+query, http.NoBody)
		r.Host = "localhost"
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if p, _ := fault.Describe(refused); within != nil || p.Reason != "TOKEN_IN_URL" {
			t.Errorf("?%s: %v", query, refused)
		}
	}
}

// authenticator is a function that is an auth.Authenticator.
type authenticator func(auth.Credentials) (*auth.Principal, error)

func (f authenticator) Authenticate(_ context.Context, c auth.Credentials) (*auth.Principal, error) {
	return f(c)
}
