package abuse

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// claims are a part of a JWT.
type claims map[string]any

// with returns a copy with other values; nil takes one away.
func (c claims) with(more claims) claims {
	c = maps.Clone(c)
	maps.Copy(c, more)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// issuer signs JWTs, and knows how to forge them.
type issuer struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey
	// stranger is a key of nobody's.
	stranger ed25519.PrivateKey
	header   claims
	payload  claims
}

const issuerName = "https://issuer.example.org"

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	_, stranger, err := ed25519.GenerateKey(nil)
	must(t, err)
	now := time.Now()
	return &issuer{
		public: public, private: private, stranger: stranger,
		header: claims{"alg": "EdDSA", "kid": "first", "typ": "JWT"},
		payload: claims{
			"iss": issuerName, "aud": "logsieve", "sub": "alice", "groups": []string{"developers"},
			"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		},
	}
}

// rules is the issuer's part of an access file.
func (i *issuer) rules(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	keys := claims{"keys": []claims{{"kty": "OKP", "crv": "Ed25519", "kid": "first", "alg": "EdDSA", "use": "sig", "x": encode(i.public)}}}
	must(t, os.WriteFile(path, marshal(keys), 0o600))
	return fmt.Sprintf("jwt:\n- issuer: %s\n  audiences: [logsieve]\n  algorithms: [EdDSA]\n  keys_file: %s\n"+
		"  grants:\n  - {claim: groups, value: developers, read: \"*\", write: true}\n", issuerName, path)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// sign returns a JWT with changes to its header and its claims.
func (i *issuer) sign(key ed25519.PrivateKey, header, payload claims) string {
	text := encode(marshal(i.header.with(header))) + "." + encode(marshal(i.payload.with(payload)))
	return text + "." + encode(ed25519.Sign(key, []byte(text)))
}

// forgeries returns JWTs that must not be taken. Whoever follows what is in them asks at
// address, which is the attacker's.
func (i *issuer) forgeries(address string) map[string]string {
	now := time.Now()
	all := map[string]string{}
	for name, c := range map[string]claims{
		"JWT, expired":                   {"exp": now.Add(-time.Hour).Unix(), "iat": now.Add(-2 * time.Hour).Unix()},
		"JWT, not valid yet":             {"nbf": now.Add(time.Hour).Unix()},
		"JWT, made in the future":        {"iat": now.Add(time.Hour).Unix(), "exp": now.Add(2 * time.Hour).Unix()},
		"JWT, for another server":        {"aud": "another"},
		"JWT, for no server":             {"aud": nil},
		"JWT, of another issuer":         {"iss": "https://evil.example"},
		"JWT, of the issuer with a path": {"iss": issuerName + "/"},
		"JWT, of no issuer":              {"iss": nil},
		"JWT, of several issuers":        {"iss": []string{issuerName}},
		"JWT, without an end":            {"exp": nil},
		"JWT, for ten years":             {"exp": now.Add(87_600 * time.Hour).Unix()},
		"JWT, with an end that is text":  {"exp": "never"},
		"JWT, with an end beyond time":   {"exp": 1e300},
		"JWT, of nobody":                 {"sub": nil},
	} {
		all[name] = i.sign(i.private, nil, c)
	}
	for name, header := range map[string]claims{
		"JWT, key fetched from jku": {"jku": "http://" + address + "/keys"},
		"JWT, key in it": {"jwk": claims{
			"kty": "OKP", "crv": "Ed25519", "kid": "first",
			"x": encode(i.stranger.Public().(ed25519.PublicKey)),
		}}, //nolint:errcheck,forcetypeassert // the key says so
		"JWT, key in a certificate":       {"x5u": "http://" + address + "/cert"},
		"JWT, another key, the same id":   {},
		"JWT, another key, another id":    {"kid": "second"},
		"JWT, id of a key that is SQL":    {"kid": "first' OR '1'='1"},
		"JWT, id of a key that is a path": {"kid": "../../../dev/null"},
	} {
		all[name] = i.sign(i.stranger, header, nil)
	}
	all["JWT, critical header"] = i.sign(i.private, claims{"crit": []string{"x"}, "x": true}, nil)
	i.mangle(all)
	return all
}

// mangle adds those whose signature is none.
func (i *issuer) mangle(all map[string]string) {
	good := i.sign(i.private, nil, nil)
	parts := strings.Split(good, ".")
	payload := encode(marshal(i.payload.with(claims{"sub": "mallory"})))
	all["JWT, other claims"] = parts[0] + "." + payload + "." + parts[2]
	all["JWT, no signature"] = parts[0] + "." + parts[1] + "."
	all["JWT, two parts"] = parts[0] + "." + parts[1]
	all["JWT, five parts"] = good + ".a.b"
	all["JWT, padded"] = good + "=="
	for _, none := range []string{"none", "None", "nOnE", ""} {
		all["JWT, algorithm "+none] = encode(marshal(i.header.with(claims{"alg": none}))) + "." + payload + "."
	}
	for _, alg := range []string{"HS256", "RS256", "ES256"} {
		text := encode(marshal(i.header.with(claims{"alg": alg}))) + "." + payload
		mac := hmac.New(sha256.New, i.public)
		mac.Write([]byte(text))
		all["JWT, algorithm "+alg+", with the public key as its secret"] = text + "." + encode(mac.Sum(nil))
	}
	deep := strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000)
	text := parts[0] + "." + encode([]byte(deep))
	all["JWT, 1,000 deep"] = text + "." + encode(ed25519.Sign(i.private, []byte(text)))
}
