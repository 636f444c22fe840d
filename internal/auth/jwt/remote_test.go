package jwt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// remote returns an issuer, and its keys as it publishes them.
func remote(t *testing.T) (*authtest.Issuer, *jwt.Remote) {
	t.Helper()
	i := authtest.NewIssuer(t)
	return i, jwt.NewRemote(i.Name, i.Authority, slog.New(slog.DiscardHandler))
}

func TestDiscovery(t *testing.T) {
	issuer, keys := remote(t)
	if keys.Available() {
		t.Error("there are keys before any were fetched")
	}
	keys.Keep(t.Context())
	if !keys.Available() {
		t.Fatal("the keys were not fetched")
	}
	checked := jwt.NewIssuer(jwt.Config{Name: issuer.Name, Audiences: []string{authtest.Audience}, Algorithms: jwt.Algorithms()}, keys)
	for _, algorithm := range jwt.Algorithms() {
		if _, err := checked.Verify(t.Context(), issuer.Key(algorithm).Sign(t, issuer.Claims("a")), time.Now()); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
	if n := issuer.Asked(); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

// The first token does not wait for the next Keep.
func TestFirstTokenFetches(t *testing.T) {
	_, keys := remote(t)
	if _, err := keys.Find(t.Context(), "ec", "ES256"); err != nil {
		t.Error(err)
	}
}

// Made-up key ids, many at once and from clients that go away, are one fetch.
func TestUnknownKeysAreNoStorm(t *testing.T) {
	issuer, keys := remote(t)
	var asking sync.WaitGroup
	for n := range 50 {
		asking.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if n%2 == 0 {
				cancel()
			}
			defer cancel()
			_, err := keys.Find(ctx, fmt.Sprint("made up ", n), "ES256")
			if err == nil {
				t.Error("a made-up key was found")
			}
		})
	}
	asking.Wait()
	if _, err := keys.Find(t.Context(), "made up", "ES256"); !errors.Is(err, jwt.ErrUnknown) {
		t.Errorf("got %v, want %v", err, jwt.ErrUnknown)
	}
	if n := issuer.Asked(); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

func TestNotAvailable(t *testing.T) {
	issuer, keys := remote(t)
	issuer.SetDown(true)
	keys.Keep(t.Context())
	_, err := keys.Find(t.Context(), "ec", "ES256")
	if !errors.Is(err, jwt.ErrUnavailable) || keys.Available() {
		t.Errorf("got %v, want %v", err, jwt.ErrUnavailable)
	}
}

// What an issuer says that makes no sense is told in the log, and nothing of it is used.
func TestWrongIssuers(t *testing.T) {
	for name, tt := range map[string]struct{ path, text, want string }{
		"another name":  {authtest.MetadataPath, `{"issuer": "https://other.example", "jwks_uri": "https://127.0.0.1/keys"}`, "calls itself"},
		"no metadata":   {authtest.MetadataPath, `<html>`, "is not JSON"},
		"keys in plain": {authtest.MetadataPath, `{"issuer": "NAME", "jwks_uri": "http://example.org/keys"}`, "no https URL"},
		"keys in file":  {authtest.MetadataPath, `{"issuer": "NAME", "jwks_uri": "file:///etc/passwd"}`, "no https URL"},
		"no keys":       {authtest.KeysPath, `{"keys": []}`, "no key that can be used"},
		"symmetric key": {authtest.KeysPath, `{"keys": [{"kty": "oct", "kid": "ec", "k": "c2VjcmV0"}]}`, "no key that can be used"},
		"huge":          {authtest.KeysPath, `{"keys": [], "x": "` + strings.Repeat("x", 2<<20) + `"}`, "is larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.NewIssuer(t)
			issuer.Answer(tt.path, []byte(strings.ReplaceAll(tt.text, "NAME", issuer.Name)))
			var log bytes.Buffer
			keys := jwt.NewRemote(issuer.Name, issuer.Authority, slog.New(slog.NewTextHandler(&log, nil)))
			keys.Keep(t.Context())
			if keys.Available() || !strings.Contains(log.String(), tt.want) {
				t.Errorf("the log says %s, want %q", log.String(), tt.want)
			}
		})
	}
}

// An issuer whose certificate is of nobody's that we trust is not asked.
func TestIssuerWithoutAuthority(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	keys := jwt.NewRemote(issuer.Name, authtest.NewAuthority(t).PEM, slog.New(slog.DiscardHandler))
	keys.Keep(t.Context())
	if keys.Available() || issuer.Asked() != 0 {
		t.Error("the keys of a stranger were fetched")
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"https://login.example.org": true, "https://login.example.org/realms/a": true, "http://127.0.0.1:8080": true, "http://[::1]:8080": true,
		"http://login.example.org": false, "login.example.org": false, "https://": false, "ftp://x": false, "": false, "https://u:p@x": false,
		"https://x?y": false, "https://x#y": false, "https://\x00": false, "http://localhost.example.org": false,
	} {
		if err := jwt.CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v", name, err)
		}
	}
}
