package authtest

import (
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Audience is what the tokens of an Issuer are for.
const Audience = "logsieve"

// Issuer is a server with OpenID Connect discovery. Its methods are safe for concurrent
// use.
type Issuer struct {
	// Name is its URL, which its tokens have in iss.
	Name string
	// Authority is the certificate to check its own against, in PEM.
	Authority []byte

	mu      sync.Mutex
	keys    []Key
	down    bool
	asked   int
	answers map[string][]byte // by path, instead of the right ones
}

// NewIssuer starts an issuer with a key for each algorithm, until the test ends.
func NewIssuer(tb testing.TB) *Issuer {
	tb.Helper()
	i := &Issuer{keys: newKeys(), answers: map[string][]byte{}}
	server := httptest.NewUnstartedServer(i)
	// A client that does not trust us is part of tests, and no news.
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	tb.Cleanup(server.Close)
	i.Name = server.URL
	i.Authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return i
}

// The paths of an issuer.
const (
	MetadataPath = "/.well-known/openid-configuration"
	KeysPath     = "/keys"
)

var _ http.Handler = (*Issuer)(nil)

// ServeHTTP answers as an issuer.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.URL.Path == KeysPath {
		i.asked++
	}
	answer, changed := i.answers[r.URL.Path]
	switch {
	case i.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case changed:
	case r.URL.Path == MetadataPath:
		answer = []byte(`{"issuer": "` + i.Name + `", "jwks_uri": "` + i.Name + KeysPath + `"}`)
	case r.URL.Path == KeysPath:
		answer = KeySet(i.keys...)
	default:
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(answer) // to a client that may have gone away
}

// Key returns the key of an algorithm, which the issuer has if it was not asked to rotate.
func (i *Issuer) Key(algorithm string) Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, k := range i.keys {
		if k.Algorithm == algorithm {
			return k
		}
	}
	return Key{}
}

// Claims returns the claims of a good token for an hour, to be changed.
func (i *Issuer) Claims(subject string) map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": i.Name, "aud": Audience, "sub": subject,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

// Rotate gives the issuer new keys of all kinds but RSA, under the names ec-name and
// ed-name, and takes the old ones away.
func (i *Issuer) Rotate(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = quickKeys()
	for n := range i.keys {
		i.keys[n].ID += "-" + name
	}
}

// SetDown makes the issuer answer with 503, or rightly again.
func (i *Issuer) SetDown(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// Answer makes the issuer answer a path with this text.
func (i *Issuer) Answer(path string, text []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answers[path] = text
}

// Asked returns how often it was asked for its keys.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// WriteFile writes a file for a test, and returns its path.
func WriteFile(tb testing.TB, name string, text []byte) string {
	tb.Helper()
	const private = 0o600
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, text, private); err != nil {
		tb.Fatal(err)
	}
	return path
}
