package auth

import (
	"context"
	"crypto/x509"
	"strings"
)

// Credentials are what a request shows to say who it comes from.
type Credentials struct {
	// Authorization are the values of its Authorization header, all of them: a request
	// with two is refused, since others on its way may have looked at the other one.
	Authorization []string
	// Certificate is the certificate of the client, which TLS has verified against
	// tls.client_ca_file; nil if it has shown none.
	Certificate *x509.Certificate
}

// Authenticator finds out who a request comes from.
type Authenticator interface {
	// Authenticate returns who shows these credentials, or a [fault.Problem]: UNAUTHENTICATED
	// for what is missing, wrong or expired, PERMISSION_DENIED for a credential that is good
	// but grants nothing here, UNAVAILABLE while an issuer's keys cannot be had. The problem
	// never repeats a credential. It is safe for concurrent use, and blocks only for a JWT
	// with a key that is not known yet, for 5 s at most.
	Authenticate(ctx context.Context, c Credentials) (*Principal, error)
}

// Open lets everybody in as [Anonymous], whatever they show.
type Open struct{}

var _ Authenticator = Open{}

// Authenticate returns Anonymous.
func (Open) Authenticate(context.Context, Credentials) (*Principal, error) { return Anonymous(), nil }

// maxHeader bounds the Authorization header, in bytes. JWTs with dozens of groups have 3 KiB.
const maxHeader = 8 << 10

// bearer returns the token of the Authorization header, empty if there is no header.
func (c Credentials) bearer() (string, error) {
	if len(c.Authorization) == 0 {
		return "", nil
	}
	if len(c.Authorization) > 1 {
		return "", refuse(causeMalformed)
	}
	header := c.Authorization[0]
	if len(header) > maxHeader {
		return "", refuse(causeMalformed)
	}
	scheme, text, ok := strings.Cut(header, " ")
	text = strings.TrimLeft(text, " ")
	if !ok || !strings.EqualFold(scheme, "bearer") || text == "" || !isPrintable(text) {
		return "", refuse(causeMalformed)
	}
	return text, nil
}

// isPrintable tells whether a text has only visible characters of ASCII, no space.
func isPrintable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
