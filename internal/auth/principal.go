package auth

import (
	"context"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// Permission is what a method needs and a principal has: a set of bits.
type Permission uint8

const (
	// Read is to watch, list and count entries, as far as the scope allows.
	Read Permission = 1 << iota
	// Write is to store entries.
	Write
)

// Principal is who a request comes from. It is immutable but for its revocation, and safe
// for concurrent use.
type Principal struct {
	// Name says who it is, in the server's log and as the key of limits: "token:ci",
	// "jwt:https://issuer.example/alice", "certificate:spiffe://example/agent". Empty for
	// whoever comes in where nobody is asked.
	Name string
	// Permissions is what it may do.
	Permissions Permission
	// Scope is what it may read: a filter that comes before each of its own. Nil: all.
	Scope *filter.Matcher
	// Stamp is what every entry that it writes is given, whatever the entry says.
	Stamp Stamp
	// Expires is when its credential ends. Zero: never.
	Expires time.Time
	// Revoked is closed when the credential is withdrawn, or grants something else from
	// now on. Nil: never.
	Revoked <-chan struct{}
}

// Stamp is what the server writes into entries, over what they say. Empty fields change
// nothing.
type Stamp struct {
	Service, Host string
	Attributes    []entry.Attribute
}

// May reports whether the principal has all of the permissions.
func (p *Principal) May(needed Permission) bool { return p.Permissions&needed == needed }

// Anonymous is everybody, on a server that asks nobody who they are.
func Anonymous() *Principal { return &Principal{Permissions: Read | Write} }

type contextKey struct{}

// NewContext returns a context that carries the principal.
func NewContext(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext returns the principal of a request, nil if it has none: what comes from the
// server itself, such as the lines of a file that it follows, has none.
func FromContext(ctx context.Context) *Principal {
	p, _ := ctx.Value(contextKey{}).(*Principal)
	return p
}
