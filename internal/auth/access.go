package auth

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// Access lets in whom an access file lists. Make it with [Load].
type Access struct {
	path    string
	logger  *slog.Logger
	metrics *Metrics

	rules atomic.Pointer[rules]

	// reloading is held while the file is read and the rules are replaced.
	reloading sync.Mutex
	seen      sightings // of the files that the rules were read from
}

var _ Authenticator = (*Access)(nil)

// Load reads an access file. Its error says all that is wrong with it.
func Load(path string, logger *slog.Logger, metrics *Metrics) (*Access, error) {
	a := &Access{path: path, logger: logger, metrics: metrics}
	next, seen, err := a.read()
	if err != nil {
		return nil, err
	}
	a.seen = seen
	a.rules.Store(next)
	return a, nil
}

// Authenticate returns who shows these credentials, as Authenticator says. Where a request
// has an Authorization header, that alone counts: a token that is refused is not saved by
// a certificate.
func (a *Access) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	p, err := a.rules.Load().authenticate(ctx, c, time.Now())
	if err != nil {
		why := causeOf(err)
		a.metrics.refused(why)
		a.logger.DebugContext(ctx, "a request is not let in", "cause", string(why))
		return nil, err
	}
	return p, nil
}

func (r *rules) authenticate(ctx context.Context, c Credentials, now time.Time) (*Principal, error) {
	text, err := c.bearer()
	switch {
	case err != nil:
		return nil, err
	case strings.HasPrefix(text, token.Prefix):
		return r.authenticateToken(text, now)
	case text != "":
		return r.authenticateJWT(ctx, text, now)
	case c.Certificate != nil:
		return r.authenticateCertificate(c.Certificate, now)
	default:
		return nil, refuse(causeMissing)
	}
}

// Reload reads the access file again. The new rules hold for every request from then on,
// and the streams of those whom they take something from, or give something else, are
// ended; all others notice nothing. With an error the rules before stay in force.
func (a *Access) Reload() error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	return a.reloadLocked()
}

func (a *Access) reloadLocked() error {
	next, seen, err := a.read()
	a.metrics.reloaded(err)
	a.seen = seen // also with an error: what is broken is told once, and not at every look
	if err != nil {
		a.logger.Error("the access file is wrong, the one before stays in force", "error", err)
		return err
	}
	a.replaceLocked(next)
	return nil
}

// replaceLocked puts rules in force, and ends the leases that do not hold any more.
func (a *Access) replaceLocked(next *rules) {
	ended := next.inherit(a.rules.Load())
	a.rules.Store(next)
	for _, l := range ended {
		close(l.revoked)
	}
	a.logger.Info("the access file was read again", "rules", len(next.leases), "revoked", len(ended))
}

// read reads the file, and what it names.
func (a *Access) read() (*rules, sightings, error) {
	text, seen, err := readPrivate(a.path)
	if err != nil {
		return nil, seen, err
	}
	files := &loader{dir: filepath.Dir(a.path)}
	next, err := parseRules(text, files, a.logger)
	seen = append(seen, files.seen...)
	if err != nil {
		return nil, seen, fmt.Errorf("the access file %s is wrong:\n  %s", a.path, indent(err))
	}
	return next, seen, nil
}

// indent returns the lines of an error, each below the first.
func indent(err error) string { return strings.ReplaceAll(err.Error(), "\n", "\n  ") }

// lookInterval is how often the file is looked at. A change holds from the second look on
// at which it is the same: whoever writes it in place may still be at it at the first one.
const lookInterval = time.Second

// Run follows the access file, and keeps the keys of issuers fresh, until ctx ends. It
// returns nil then.
func (a *Access) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { a.keepKeys(ctx) })
	a.follow(ctx)
	running.Wait()
	return nil
}

func (a *Access) follow(ctx context.Context) {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	var last sightings
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			last = a.look(last)
		}
	}
}

// look reloads if the files have changed and are the same as at the last look.
func (a *Access) look(last sightings) sightings {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	now := a.seen.again()
	if !now.equal(a.seen) && now.equal(last) {
		// The error was logged, and the rules before are in force.
		_ = a.reloadLocked()
	}
	return now
}

// keepKeys fetches the keys of issuers when it is time to: one issuer after the other, in
// a goroutine of its own, so that one that does not answer holds up no change of the file.
func (a *Access) keepKeys(ctx context.Context) {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		out := 0
		for remote := range a.rules.Load().remotes() {
			remote.Keep(ctx)
			if !remote.Available() {
				out++
			}
		}
		a.metrics.unavailable.Set(float64(out))
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
