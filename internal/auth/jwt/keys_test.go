package jwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// setOf returns a key set of one key.
func setOf(t *testing.T, jwk map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// change returns the public key as a JWK with something else in it.
func change(k authtest.Key, name string, value any) map[string]any {
	jwk := k.JWK()
	jwk[name] = value
	return jwk
}

func TestKeySetsThatAreRefused(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	ed, ec := issuer.Key("EdDSA"), issuer.Key("ES256")
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384 := authtest.Key{ID: "p384", Algorithm: "ES384", Private: other}.JWK()
	p384["crv"] = "P-384"
	many := make([]authtest.Key, 65)
	for i := range many {
		many[i] = ed
	}
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"no JSON":           {[]byte("keys"), "is not JSON"},
		"no keys":           {[]byte(`{"keys": []}`), "no key that can be used"},
		"a bare key":        {[]byte(`{"kty": "OKP"}`), "no key that can be used"},
		"symmetric":         {setOf(t, map[string]any{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"}), "is not a public key"},
		"private":           {setOf(t, change(ed, "d", authtest.Encode(make([]byte, 32)))), "keys[0] "},
		"for encryption":    {setOf(t, change(ec, "use", "enc")), `is for "enc"`},
		"another algorithm": {setOf(t, change(ec, "alg", "ES512")), `for the algorithm "ES512"`},
		"small RSA":         {authtest.KeySet(authtest.Key{ID: "s", Algorithm: "RS256", Private: small}), "has 1024 bits"},
		"another curve":     {setOf(t, p384), "another curve"},
		"point off curve":   {setOf(t, change(ec, "x", authtest.Encode(make([]byte, 32)))), "cannot be used"},
		"long id":           {setOf(t, change(ec, "kid", strings.Repeat("k", 300))), "256 bytes"},
		"many":              {authtest.KeySet(many...), "more than 64"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := jwt.ParseStatic(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A key is found by its id and for its own algorithm; without an id only where there is no
// doubt.
func TestFind(t *testing.T) {
	issuer := authtest.NewIssuer(t)
	ec, ed := issuer.Key("ES256"), issuer.Key("EdDSA")
	twice := ed
	issuer.Rotate("x")
	twice.Private = issuer.Key("EdDSA").Private
	keys, err := jwt.ParseStatic(authtest.KeySet(ec, ed, twice))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		id, algorithm string
		found         bool
	}{
		{"ec", "ES256", true},
		{"", "ES256", true},
		{"ec", "EdDSA", false},
		{"ec", "HS256", false},
		{"ed", "EdDSA", false}, // two keys have this id
		{"", "EdDSA", false},
		{"no", "ES256", false},
	} {
		_, err := keys.Find(t.Context(), tt.id, tt.algorithm)
		if found := err == nil; found != tt.found || !found && !errors.Is(err, jwt.ErrUnknown) {
			t.Errorf("Find(%q, %q) = %v", tt.id, tt.algorithm, err)
		}
	}
}
