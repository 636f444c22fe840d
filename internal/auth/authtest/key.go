// Package authtest gives tests what a server that asks who people are has around it: an
// issuer of JWTs with real keys and OpenID Connect discovery over TLS, and an authority
// that issues certificates.
//
// JWTs are put together by hand and not by the library that checks them, so that wrong ones
// can be made too.
package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"testing"
)

// Key signs JWTs.
type Key struct {
	ID, Algorithm string
	Private       crypto.Signer
}

// newKeys returns a key for each algorithm. Making an RSA key takes a tenth of a second:
// the keys are the same for all issuers of a process, unless they ask for their own.
var newKeys = sync.OnceValue(func() []Key {
	rsaKey, rsaErr := rsa.GenerateKey(rand.Reader, 2048)
	return append([]Key{{"rsa", "RS256", must(rsaKey, rsaErr)}}, quickKeys()...)
})

// quickKeys returns new keys of the kinds that are quick to make.
func quickKeys() []Key {
	ecKey, ecErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edKey, edErr := ed25519.GenerateKey(rand.Reader)
	return []Key{{"ec", "ES256", must(ecKey, ecErr)}, {"ed", "EdDSA", must(edKey, edErr)}}
}

// must returns a value of the standard library that can be made whenever there is randomness.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err) //nolint:forbidigo // there is no test yet to fail.
	}
	return value
}

// Encode returns a part of a JWT.
func Encode(part []byte) string { return base64.RawURLEncoding.EncodeToString(part) }

// Sign returns a JWT with these claims, as issuers make it.
func (k Key) Sign(tb testing.TB, claims map[string]any) string {
	tb.Helper()
	return k.SignWith(tb, map[string]any{"alg": k.Algorithm, "kid": k.ID, "typ": "JWT"}, claims)
}

// SignWith returns a JWT with these claims and this header, whatever it says.
func (k Key) SignWith(tb testing.TB, header, claims map[string]any) string {
	tb.Helper()
	input := Encode(text(tb, header)) + "." + Encode(text(tb, claims))
	return input + "." + Encode(k.signature(tb, []byte(input)))
}

func text(tb testing.TB, value any) []byte {
	tb.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	return encoded
}

// signature signs in the way that fits the kind of the key.
func (k Key) signature(tb testing.TB, input []byte) []byte {
	tb.Helper()
	digest := sha256.Sum256(input)
	var signed []byte
	var err error
	switch private := k.Private.(type) {
	case *rsa.PrivateKey:
		signed, err = rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, digest[:])
	case ed25519.PrivateKey:
		signed = ed25519.Sign(private, input)
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		if r, s, err = ecdsa.Sign(rand.Reader, private, digest[:]); err == nil {
			const half = 32
			signed = append(r.FillBytes(make([]byte, half)), s.FillBytes(make([]byte, half))...)
		}
	default:
		tb.Fatalf("a key of type %T cannot sign", private)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

// JWK returns the public key as a JSON Web Key.
func (k Key) JWK() map[string]any {
	jwk := map[string]any{"kid": k.ID, "alg": k.Algorithm, "use": "sig"}
	switch public := k.Private.Public().(type) {
	case *rsa.PublicKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", Encode(public.N.Bytes()), Encode(big.NewInt(int64(public.E)).Bytes())
	case ed25519.PublicKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", Encode(public)
	case *ecdsa.PublicKey:
		point := must(public.Bytes()) // 4, then both coordinates
		half := len(point) / 2
		jwk["kty"], jwk["crv"], jwk["x"], jwk["y"] = "EC", "P-256", Encode(point[1:half+1]), Encode(point[half+1:])
	}
	return jwk
}

// KeySet returns the public keys as a JSON Web Key Set.
func KeySet(keys ...Key) []byte {
	jwks := make([]map[string]any, len(keys))
	for i := range keys {
		jwks[i] = keys[i].JWK()
	}
	return must(json.Marshal(map[string]any{"keys": jwks}))
}

// NewKey returns a new private key of Ed25519.
func NewKey() crypto.Signer {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return must(private, err)
}
