package auth

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
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

// Run takes a change over, and only once the file stays as it is.
func TestRun(t *testing.T) {
	text, sum := token.New("ci")
	a := load(t, "tokens:\n"+stanzaOf("ci", sum, `read: "*"`))
	p, err := a.Authenticate(t.Context(), with(text))
	if err != nil {
		t.Fatal(err)
	}
	last := a.look(nil)
	if isClosed(p.Revoked) {
		t.Fatal("revoked without a change")
	}
	write(t, a.path, "tokens:\n"+stanzaOf("ci", sum, `read: a`))
	last = a.look(last)
	if isClosed(p.Revoked) {
		t.Error("taken over at the first look")
	}
	last = a.look(last)
	if !isClosed(p.Revoked) {
		t.Error("not taken over at the second look")
	}
	again, err := a.Authenticate(t.Context(), with(text))
	if err != nil {
		t.Fatal(err)
	}
	last = a.look(last)
	a.look(last)
	if isClosed(again.Revoked) {
		t.Error("revoked without another change")
	}
}

func TestOpen(t *testing.T) {
	p, err := Open{}.Authenticate(t.Context(), Credentials{Authorization: []string{"whatever"}})
	if err != nil || !p.May(Read|Write) || p.Scope != nil || p.Revoked != nil || p.Expires != (time.Time{}) {
		t.Errorf("got %+v, %v", p, err)
	}
}
