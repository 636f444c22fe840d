package auth

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
)

// shown returns the certificate that a server has after a handshake with a client that has
// this one, or why there was none.
func shown(t *testing.T, authority *authtest.Authority, client tls.Certificate) (*x509.Certificate, error) {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority.PEM)
	near, far := net.Pipe()
	server := tls.Server(near, &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{authority.Issue(t, nil, nil)},
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: trusted,
	})
	dialled := tls.Client(far, &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: trusted, ServerName: "localhost", Certificates: []tls.Certificate{client},
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = dialled.Handshake() // the server's side tells
		_, _ = dialled.Read(make([]byte, 1))
	}()
	err := server.HandshakeContext(t.Context())
	_ = near.Close()
	<-done
	if err != nil {
		return nil, err
	}
	return server.ConnectionState().PeerCertificates[0], nil
}

func TestCertificates(t *testing.T) {
	g := newGuarded(t)
	authority := authtest.NewAuthority(t)
	for name, tt := range map[string]struct {
		sans   []string
		change func(*x509.Certificate)
		who    string // empty: refused
	}{
		"URI":                   {[]string{"spiffe://example.org/agent"}, nil, "certificate:spiffe://example.org/agent"},
		"DNS name":              {[]string{"agent.example.org"}, nil, "certificate:agent.example.org"},
		"DNS name in capitals":  {[]string{"Agent.Example.ORG"}, nil, "certificate:agent.example.org"},
		"both":                  {[]string{"agent.example.org", "spiffe://example.org/agent"}, nil, "certificate:spiffe://example.org/agent"},
		"nobody's":              {[]string{"spiffe://example.org/other"}, nil, ""},
		"a path below":          {[]string{"spiffe://example.org/agent/x"}, nil, ""},
		"URI in capitals":       {[]string{"spiffe://example.org/AGENT"}, nil, ""},
		"URI, escaped":          {[]string{"spiffe://example.org/%61gent"}, nil, ""},
		"a name that ends so":   {[]string{"evil-agent.example.org"}, nil, ""},
		"a wildcard":            {[]string{"*.example.org"}, nil, ""},
		"common name":           {nil, func(c *x509.Certificate) { c.Subject.CommonName = "agent.example.org" }, ""},
		"common name, URI":      {nil, func(c *x509.Certificate) { c.Subject.CommonName = "spiffe://example.org/agent" }, ""},
		"organisation":          {nil, func(c *x509.Certificate) { c.Subject.Organization = []string{"agent.example.org"} }, ""},
		"e-mail address":        {nil, func(c *x509.Certificate) { c.EmailAddresses = []string{"agent@agent.example.org"} }, ""},
		"no alternative at all": {nil, func(c *x509.Certificate) { c.DNSNames = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, err := shown(t, authority, authority.Issue(t, tt.sans, tt.change))
			if err != nil {
				t.Fatal(err)
			}
			p, err := g.access.Authenticate(t.Context(), Credentials{Certificate: certificate})
			switch {
			case tt.who == "":
				wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")
			case err != nil:
				t.Error(err)
			case p.Name != tt.who || !p.Expires.Equal(certificate.NotAfter) || p.Permissions != Write:
				t.Errorf("got %+v", p)
			}
		})
	}
}

// What TLS does not let through never comes here.
func TestCertificatesOfStrangers(t *testing.T) {
	authority, stranger := authtest.NewAuthority(t), authtest.NewAuthority(t)
	agent := []string{"spiffe://example.org/agent"}
	for name, c := range map[string]tls.Certificate{
		"of another authority": stranger.Issue(t, agent, nil),
		"expired":              authority.Issue(t, agent, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		"of a server": authority.Issue(t, agent, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}),
	} {
		if _, err := shown(t, authority, c); err == nil {
			t.Errorf("%s: the handshake was finished", name)
		}
	}
}

// A connection may outlast the certificate that it was made with.
func TestCertificateThatExpires(t *testing.T) {
	g := newGuarded(t)
	c := authtest.NewAuthority(t).Issue(t, []string{"agent.example.org"}, nil).Leaf
	rules := g.access.rules.Load()
	if _, err := rules.authenticate(t.Context(), Credentials{Certificate: c}, c.NotAfter); err != nil {
		t.Error(err)
	}
	_, err := rules.authenticate(t.Context(), Credentials{Certificate: c}, c.NotAfter.Add(time.Second))
	wantRefusal(t, err, codes.Unauthenticated, "CREDENTIAL_EXPIRED")
}

// A token that is refused is not saved by a certificate.
func TestTokenBeforeCertificate(t *testing.T) {
	g := newGuarded(t)
	c := authtest.NewAuthority(t).Issue(t, []string{"agent.example.org"}, nil).Leaf
	_, err := g.access.Authenticate(t.Context(), Credentials{Authorization: []string{"Bearer " + g.foreignToken}, Certificate: c})
	wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")
	p, err := g.access.Authenticate(t.Context(), Credentials{Authorization: []string{"Bearer " + g.token}, Certificate: c})
	if err != nil || p.Name != "token:good" {
		t.Errorf("got %+v, %v", p, err)
	}
}
