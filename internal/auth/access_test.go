package auth

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// write puts an access file in place, as an editor that replaces files does.
func write(t *testing.T, path, text string) {
	t.Helper()
	next := path + ".new"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, path); err != nil {
		t.Fatal(err)
	}
}

// load returns the access that a file of this text gives.
func load(t *testing.T, text string) *Access {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.yaml")
	write(t, path, text)
	a, err := Load(path, slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// with are the credentials of a bearer token.
func with(text string) Credentials { return Credentials{Authorization: []string{"Bearer " + text}} }

// stanzaOf returns a token's stanza, with more keys of it.
func stanzaOf(id string, sum token.Sum, more string) string {
	return "- {id: " + id + ", name: " + id + ", sha256: " + sum.String() + ", " + more + "}\n"
}

// wantRefusal checks what a caller is told.
func wantRefusal(t *testing.T, err error, code codes.Code, reason string) {
	t.Helper()
	p, known := fault.Describe(err)
	if err == nil || !known || p.Code != code || p.Reason != reason {
		t.Errorf("got %v %s (%v), want %v %s", p.Code, p.Reason, err, code, reason)
	}
}

func TestToken(t *testing.T) {
	text, sum := token.New("ci")
	a := load(t, "tokens:\n"+stanzaOf("ci", sum, `read: service=checkout, write: true, stamp: {service: ci, attributes: {tenant: a}}, expires: 2999-01-01T00:00:00Z`))
	p, err := a.Authenticate(t.Context(), with(text))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "token:ci" || !p.May(Read|Write) || p.Scope.Canonical() != "service=checkout" ||
		p.Stamp.Service != "ci" || p.Stamp.Attributes[0].Value != "a" || p.Expires.Year() != 2999 {
		t.Errorf("got %+v, scope %q", p, p.Scope.Canonical())
	}
	select {
	case <-p.Revoked:
		t.Error("the principal is revoked")
	default:
	}
	_, err = a.Authenticate(t.Context(), Credentials{})
	wantRefusal(t, err, codes.Unauthenticated, "NO_CREDENTIAL")
}

func TestExpiredToken(t *testing.T) {
	text, sum := token.New("ci")
	a := load(t, "tokens:\n"+stanzaOf("ci", sum, `read: "*", expires: 2001-01-01T00:00:00Z`))
	_, err := a.Authenticate(t.Context(), with(text))
	wantRefusal(t, err, codes.Unauthenticated, "CREDENTIAL_EXPIRED")
	// Only who has the secret is told.
	other, _ := token.New("ci")
	_, err = a.Authenticate(t.Context(), with(other))
	wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")
}

func TestReload(t *testing.T) {
	kept, keptSum := token.New("kept")
	changed, changedSum := token.New("changed")
	removed, removedSum := token.New("removed")
	a := load(t, "tokens:\n"+stanzaOf("kept", keptSum, `read: a b`)+
		stanzaOf("changed", changedSum, `read: "*"`)+stanzaOf("removed", removedSum, `read: "*"`))
	principals := map[string]*Principal{}
	for _, text := range []string{kept, changed, removed} {
		p, err := a.Authenticate(t.Context(), with(text))
		if err != nil {
			t.Fatal(err)
		}
		principals[text] = p
	}
	// The same query in other words, and a note, are no change.
	write(t, a.path, "tokens:\n"+stanzaOf("kept", keptSum, `read: b AND a, note: x`)+stanzaOf("changed", changedSum, `read: c`))
	if err := a.Reload(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{kept: false, changed: true, removed: true} {
		if got := isClosed(principals[text].Revoked); got != want {
			t.Errorf("%s is revoked: %t, want %t", principals[text].Name, got, want)
		}
	}
	_, err := a.Authenticate(t.Context(), with(removed))
	wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")

	write(t, a.path, "tokens: []\n")
	if err := a.Reload(); err == nil {
		t.Error("a file that lets nobody in was taken")
	}
	p, err := a.Authenticate(t.Context(), with(kept))
	if err != nil || isClosed(p.Revoked) {
		t.Errorf("after a broken file: %v", err)
	}
}

// Requests and changes at the same time: in the end exactly those are revoked that came in
// under rules which hold no longer.
func TestReloadDuringRequests(t *testing.T) {
	text, sum := token.New("ci")
	file := func(scope string) string { return "tokens:\n" + stanzaOf("ci", sum, "read: "+scope) }
	a := load(t, file("a"))
	var requests sync.WaitGroup
	done := make(chan struct{})
	seen := make([]map[<-chan struct{}]string, 4) // the scopes, by what revokes them
	for i := range seen {
		seen[i] = map[<-chan struct{}]string{}
		requests.Go(func() {
			for !isClosed(done) {
				p, err := a.Authenticate(t.Context(), with(text))
				if err != nil {
					t.Error(err)
					return
				}
				seen[i][p.Revoked] = p.Scope.Canonical()
			}
		})
	}
	const changes = 40
	for n := range changes {
		write(t, a.path, file([]string{"b", "a", "a"}[n%3])) // the third is no change
		if err := a.Reload(); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	requests.Wait()
	last := authenticated(t, a, text)
	for _, principals := range seen {
		for revoked, scope := range principals {
			if holds := revoked == last.Revoked; isClosed(revoked) == holds || holds && scope != last.Scope.Canonical() {
				t.Errorf("under the scope %s, not the last one's: %t, revoked: %t", scope, !holds, isClosed(revoked))
			}
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestOpenFileIsRefused(t *testing.T) {
	_, sum := token.New("ci")
	path := filepath.Join(t.TempDir(), "access.yaml")
	write(t, path, "tokens:\n"+stanzaOf("ci", sum, `read: "*"`))
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path, slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry()))
	if err == nil || !strings.Contains(err.Error(), "0640") || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("got %v", err)
	}
}

func TestPrivate(t *testing.T) {
	const root, us, other = 0, 1000, 1001
	for _, tt := range []struct {
		mode        os.FileMode
		owner, self int
		want        bool
	}{
		{0o600, us, us, true},
		{0o400, us, us, true},
		{0o640, us, us, false},
		{0o604, us, us, false},
		{0o620, us, us, false},
		{0o440, root, us, true},
		{0o640, root, us, true},
		{0o660, root, us, false},
		{0o644, root, us, false},
		{0o640, root, root, false},
		{0o640, other, us, false},
		{0o666, unknownOwner, unknownOwner, true},
	} {
		if got := isPrivate(tt.mode, tt.owner, tt.self); got != tt.want {
			t.Errorf("a file %04o of %d is private for %d: %t", tt.mode, tt.owner, tt.self, got)
		}
	}
}

// Run takes a change over, and only once the file stays as it is.
func TestRun(t *testing.T) {
	text, sum := token.New("ci")
	a := load(t, "tokens:\n"+stanzaOf("ci", sum, `read: "*"`))
	p := authenticated(t, a, text)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- a.Run(ctx) }()
		time.Sleep(10 * lookInterval)
		synctest.Wait()
		if isClosed(p.Revoked) {
			t.Fatal("revoked without a change")
		}
		write(t, a.path, "tokens:\n"+stanzaOf("ci", sum, `read: a`))
		time.Sleep(lookInterval)
		synctest.Wait()
		if isClosed(p.Revoked) {
			t.Error("taken over at the first look")
		}
		time.Sleep(lookInterval)
		synctest.Wait()
		if !isClosed(p.Revoked) {
			t.Error("not taken over at the second look")
		}
		again := authenticated(t, a, text)
		time.Sleep(10 * lookInterval)
		synctest.Wait()
		if isClosed(again.Revoked) {
			t.Error("revoked without another change")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// A file that is wrong is told once, and what held before goes on holding.
func TestBrokenFile(t *testing.T) {
	text, sum := token.New("ci")
	a := load(t, "tokens:\n"+stanzaOf("ci", sum, `read: "*"`))
	var log bytes.Buffer
	a.logger = slog.New(slog.NewTextHandler(&log, nil))
	p := authenticated(t, a, text)
	write(t, a.path, "tokens:\n- {id: ci}\n")
	var last sightings
	for range 5 {
		last = a.look(last)
	}
	if n := strings.Count(log.String(), "the access file is wrong"); n != 1 {
		t.Errorf("it is said %d times: %s", n, log.String())
	}
	if broken := gauge(t, a.metrics.broken); broken != 1 {
		t.Errorf("logsieve_auth_file_broken is %v", broken)
	}
	if isClosed(p.Revoked) {
		t.Error("a broken file revokes")
	}
	authenticated(t, a, text)

	write(t, a.path, "tokens:\n"+stanzaOf("ci", sum, `read: "*", note: right again`))
	for range 3 {
		last = a.look(last)
	}
	if broken := gauge(t, a.metrics.broken); broken != 0 || isClosed(p.Revoked) {
		t.Errorf("after it was mended, logsieve_auth_file_broken is %v", broken)
	}
}

// A change of a file that the access file names is one of the access file.
func TestNamedFiles(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "keys.json"), string(authtest.KeySet(issuer.Key("ES256"), issuer.Key("EdDSA"))))
	path := filepath.Join(dir, "access.yaml")
	write(t, path, "jwt:\n- {issuer: i, audiences: [logsieve], algorithms: [ES256, EdDSA], keys_file: keys.json, grants: [{read: '*'}]}\n")
	a, err := Load(path, slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	claims := issuer.Claims("alice")
	claims["iss"] = "i"
	text := issuer.Key("EdDSA").Sign(t, claims)
	p := authenticated(t, a, text)
	if p.Name != "jwt:i/alice" {
		t.Errorf("the name is %q", p.Name)
	}
	write(t, filepath.Join(dir, "keys.json"), string(authtest.KeySet(issuer.Key("ES256"))))
	a.look(a.look(nil))
	if !isClosed(p.Revoked) {
		t.Error("a key that was taken away still lets in")
	}
	_, err = a.Authenticate(t.Context(), with(text))
	wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")
}

// Keys that were fetched stay where a change is about something else.
func TestReloadKeepsFetchedKeys(t *testing.T) {
	g := newGuarded(t)
	p := authenticated(t, g.access, g.jwt(t, nil))
	text, err := os.ReadFile(g.access.path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, g.access.path, strings.Replace(string(text), "read: severity>=WARN", "read: severity>=ERROR", 1))
	if err := g.access.Reload(); err != nil {
		t.Fatal(err)
	}
	if !isClosed(p.Revoked) {
		t.Error("another scope does not revoke")
	}
	again := authenticated(t, g.access, g.jwt(t, nil))
	if again.Scope.Canonical() != "severity>=ERROR" || g.issuer.Asked() != 1 {
		t.Errorf("the scope is %q, the issuer was asked %d times", again.Scope.Canonical(), g.issuer.Asked())
	}
}

// Who a grant is for is a term of it, as what it allows is.
func TestChangedClaimRevokes(t *testing.T) {
	for name, change := range map[string]string{
		"value": "claim: groups, value: developers",
		"claim": "claim: roles, value: dev",
	} {
		g := newGuarded(t)
		p := authenticated(t, g.access, g.jwt(t, nil))
		text, err := os.ReadFile(g.access.path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, g.access.path, strings.Replace(string(text), "claim: groups, value: dev", change, 1))
		if err := g.access.Reload(); err != nil {
			t.Fatal(err)
		}
		if !isClosed(p.Revoked) {
			t.Errorf("another %s does not revoke who has come in with the one before", name)
		}
		_, err = g.access.Authenticate(t.Context(), with(g.jwt(t, nil)))
		wantRefusal(t, err, codes.PermissionDenied, "NO_GRANT")
	}
}

// gauge returns the value of a metric.
func gauge(t *testing.T, g prometheus.Collector) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(g)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("%d metrics, %v", len(families), err)
	}
	return families[0].GetMetric()[0].GetGauge().GetValue()
}

// authenticated returns who shows a token.
func authenticated(t *testing.T, a *Access, text string) *Principal {
	t.Helper()
	p, err := a.Authenticate(t.Context(), with(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOpen(t *testing.T) {
	p, err := Open{}.Authenticate(t.Context(), Credentials{Authorization: []string{"whatever"}})
	if err != nil || !p.May(Read|Write) || p.Scope != nil || p.Revoked != nil || p.Expires != (time.Time{}) {
		t.Errorf("got %+v, %v", p, err)
	}
}

// Who may only write reads nothing, also where nobody looks at permissions.
func TestWriterReadsNothing(t *testing.T) {
	text, sum := token.New("ci")
	p := authenticated(t, load(t, "tokens:\n"+stanzaOf("ci", sum, "write: true")), text)
	if p.May(Read) || p.Scope == nil || p.Scope.Canonical() == "" {
		t.Fatalf("got %+v", p)
	}
	for _, e := range []*entry.Entry{{}, {Service: "ci", Message: "m"}} {
		if p.Scope.Match(e) {
			t.Errorf("reads %+v", e)
		}
	}
}
