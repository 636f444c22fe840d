package jwt

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

const (
	// maxKeys bounds a key set, whose keys are all parsed. Issuers have two to ten.
	maxKeys = 64
	// maxKeySet bounds the text of a key set, in bytes; with chains of certificates a key
	// has 10 KiB.
	maxKeySet = 1 << 20
	// An RSA key below minRSA bits can be broken, one above maxRSA takes too long to check.
	minRSA, maxRSA = 2048, 8192
	// maxKeyID bounds a key id, in bytes.
	maxKeyID = 256
)

// Keys are the public keys of one issuer.
type Keys interface {
	// Find returns the key with this id that fits the algorithm; without an id, the one that
	// does, if there is but one. Otherwise the error is ErrUnknown, or ErrUnavailable if the
	// keys themselves are not known.
	Find(ctx context.Context, id, algorithm string) (crypto.PublicKey, error)
}

// key is a public key and what it is for.
type key struct {
	id, algorithm string
	public        crypto.PublicKey
}

// keySet is a set of keys, which does not change.
type keySet []key

// find returns the key for a token, nil if there is none.
func (s keySet) find(id, algorithm string) crypto.PublicKey {
	var found []key
	for _, k := range s {
		if k.algorithm == algorithm && (k.id == id || id == "") {
			found = append(found, k)
		}
	}
	// Several keys under one id would have to be tried, which no issuer needs.
	if len(found) != 1 {
		return nil
	}
	return found[0].public
}

// Static are keys that were configured.
type Static struct{ keys keySet }

var _ Keys = (*Static)(nil)

// ParseStatic reads a JSON Web Key Set. All its keys must be public and of a kind that can
// be used.
func ParseStatic(text []byte) (*Static, error) {
	keys, err := parseKeys(text, true)
	if err != nil {
		return nil, err
	}
	return &Static{keys}, nil
}

// Find returns a key. It does not block.
func (s *Static) Find(_ context.Context, id, algorithm string) (crypto.PublicKey, error) {
	if public := s.keys.find(id, algorithm); public != nil {
		return public, nil
	}
	return nil, ErrUnknown
}

// parseKeys reads a JSON Web Key Set. What cannot be used in it is an error if it is to be
// strict, and is left out otherwise, as RFC 7517 asks: an issuer may add a new kind of key
// at any time.
func parseKeys(text []byte, strict bool) (keySet, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("the key set is not JSON of the form {\"keys\": […]}: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the key set has %d keys, more than %d", len(set.Keys), maxKeys)
	}
	var keys keySet
	for i, raw := range set.Keys {
		k, err := parseKey(raw)
		switch {
		case err == nil:
			keys = append(keys, k)
		case strict:
			return nil, fmt.Errorf("keys[%d] %w", i, err)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key that can be used here: RSA of at least 2048 bits, P-256 or Ed25519, for signatures")
	}
	return keys, nil
}

func parseKey(raw []byte) (key, error) {
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(raw); err != nil {
		return key{}, fmt.Errorf("cannot be used: %w", err)
	}
	if !jwk.IsPublic() {
		return key{}, errors.New("is not a public key: list that one, and keep this one secret")
	}
	if jwk.Use != "" && jwk.Use != "sig" {
		return key{}, fmt.Errorf("is for %q: list one for signatures (sig)", jwk.Use)
	}
	algorithm, err := algorithmOf(jwk.Key)
	if err != nil {
		return key{}, err
	}
	if jwk.Algorithm != "" && jwk.Algorithm != algorithm {
		return key{}, fmt.Errorf("is for the algorithm %q: list one for %s", jwk.Algorithm, algorithm)
	}
	if len(jwk.KeyID) > maxKeyID {
		return key{}, fmt.Errorf("has an id of more than %d bytes", maxKeyID)
	}
	return key{id: jwk.KeyID, algorithm: algorithm, public: jwk.Key}, nil
}

// algorithmOf returns the one algorithm that a key is used for here.
func algorithmOf(public crypto.PublicKey) (string, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSA || bits > maxRSA {
			return "", fmt.Errorf("has %d bits: list one with %d to %d", bits, minRSA, maxRSA)
		}
		return string(jose.RS256), nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return "", errors.New("is on another curve than P-256")
		}
		return string(jose.ES256), nil
	case ed25519.PublicKey:
		return string(jose.EdDSA), nil
	default:
		return "", errors.New("is of a kind that is not known here: list one of RSA, P-256 or Ed25519")
	}
}
