package jwt

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// FetchTimeout bounds one attempt to fetch the keys of an issuer, both requests of it.
	FetchTimeout = 5 * time.Second
	// FetchInterval is how long to leave an issuer alone after an attempt, whatever tokens
	// come in.
	FetchInterval = 10 * time.Second
	// RefreshInterval is how old keys become before they are fetched again: a key that the
	// issuer has withdrawn is taken for no longer.
	RefreshInterval = 15 * time.Minute
	// MaxStale is how long the last keys are used while the issuer cannot be reached.
	MaxStale = 24 * time.Hour
)

// Remote are the keys that an issuer itself publishes, found by OpenID Connect discovery
// and kept. It is safe for concurrent use; whoever made it calls Keep now and then.
type Remote struct {
	issuer      string
	authorities []byte
	logger      *slog.Logger
	client      *http.Client

	fetched atomic.Pointer[fetched]
	// turn holds one value: whoever has taken it may fetch, and owns tried and failing.
	turn    chan struct{}
	tried   time.Time // when the last attempt began
	failing bool      // the last attempt has failed, and that was logged
}

// fetched are the keys of one successful attempt.
type fetched struct {
	keys keySet
	at   time.Time
}

var _ Keys = (*Remote)(nil)

// NewRemote returns the keys of an issuer, which is an https URL. Nothing is fetched yet.
// authorities are certificates in PEM to check the issuer's own against; nil are those of
// the system.
func NewRemote(issuer string, authorities []byte, logger *slog.Logger) *Remote {
	r := &Remote{
		issuer: issuer, authorities: authorities, logger: logger.With("issuer", issuer),
		turn: make(chan struct{}, 1),
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities != nil {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(authorities)
	}
	r.client = &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: config,
			// Two requests every quarter of an hour: a connection is not worth keeping.
			DisableKeepAlives: true, MaxResponseHeaderBytes: maxKeySet,
		},
		CheckRedirect: refuseRedirect,
	}
	return r
}

// Same tells whether other fetches the same keys in the same way, so that one can stand in
// for the other.
func (r *Remote) Same(other *Remote) bool {
	return r.issuer == other.issuer && bytes.Equal(r.authorities, other.authorities)
}

// Find returns a key. If that is not known, the keys are fetched again, unless they were a
// moment ago: it blocks for FetchTimeout at most, or until ctx ends while somebody else
// does it.
func (r *Remote) Find(ctx context.Context, id, algorithm string) (crypto.PublicKey, error) {
	known := r.usable()
	if known != nil {
		if public := known.keys.find(id, algorithm); public != nil {
			return public, nil
		}
	}
	// Not given up with the request that asked for it: a client that goes away again and
	// again would use up the attempts for all others.
	r.fetchInTurn(ctx, context.WithoutCancel(ctx), known)
	known = r.usable()
	if known == nil {
		return nil, ErrUnavailable
	}
	if public := known.keys.find(id, algorithm); public != nil {
		return public, nil
	}
	return nil, ErrUnknown
}

// Available tells whether there are keys to check tokens with.
func (r *Remote) Available() bool { return r.usable() != nil }

// usable returns the keys, unless there are none or they are too old.
func (r *Remote) usable() *fetched {
	f := r.fetched.Load()
	if f == nil || time.Since(f.at) > MaxStale {
		return nil
	}
	return f
}

// Keep fetches the keys if it is time to. It blocks for FetchTimeout at most, or until ctx
// ends.
func (r *Remote) Keep(ctx context.Context) {
	f := r.fetched.Load()
	if f == nil || time.Since(f.at) >= RefreshInterval {
		r.fetchInTurn(ctx, ctx, f)
	}
}

// fetchInTurn fetches the keys, or waits for whoever does, if they are still those that
// the caller has seen and the issuer was not asked a moment ago. It waits until ctx ends,
// and fetches until fetching does.
func (r *Remote) fetchInTurn(ctx, fetching context.Context, seen *fetched) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return
	}
	if r.fetched.Load() != seen && r.usable() != nil || time.Since(r.tried) < FetchInterval {
		return
	}
	r.tried = time.Now()
	fetching, cancel := context.WithTimeout(fetching, FetchTimeout)
	defer cancel()
	keys, err := r.fetch(fetching)
	switch {
	case err != nil && !r.failing:
		r.logger.Warn("the keys of an issuer cannot be fetched", "error", err, "usable", r.Available())
	case err == nil && (r.failing || r.fetched.Load() == nil):
		r.logger.Info("the keys of an issuer were fetched", "keys", len(keys))
	}
	r.failing = err != nil
	if err == nil {
		r.fetched.Store(&fetched{keys, time.Now()})
	}
}
