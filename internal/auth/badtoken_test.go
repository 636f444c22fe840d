package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// guarded is a server with two issuers and two tokens, and what a good client of it has.
type guarded struct {
	access             *Access
	issuer, other      *authtest.Issuer
	token, expired     string
	weak, foreignToken string
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{issuer: authtest.NewIssuer(t), other: authtest.NewIssuer(t)}
	g.other.Rotate("other")
	var sum, expired token.Sum
	g.token, sum = token.New("good")
	g.expired, expired = token.New("expired")
	g.foreignToken, _ = token.New("foreign")
	g.weak = "sk_weak_" + authtest.Encode([]byte("fifteen bytes.."))
	dir := filepath.Dir(authtest.WriteFile(t, "unused", nil))
	write(t, filepath.Join(dir, "issuer.pem"), string(g.issuer.Authority))
	write(t, filepath.Join(dir, "other.pem"), string(g.other.Authority))
	path := filepath.Join(dir, "access.yaml")
	write(t, path, "tokens:\n"+
		stanzaOf("good", sum, `read: "*"`)+
		stanzaOf("expired", expired, `read: "*", expires: 2001-01-01T00:00:00Z`)+
		stanzaOf("weak", sha256.Sum256([]byte(g.weak)), `read: "*"`)+
		"jwt:\n"+issuerStanza(g.issuer, "issuer.pem")+issuerStanza(g.other, "other.pem")+
		"certificates:\n- {san: spiffe://example.org/agent, write: true}\n- {san: agent.example.org, write: true}\n")
	var err error
	if g.access, err = Load(path, slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry())); err != nil {
		t.Fatal(err)
	}
	return g
}

func issuerStanza(i *authtest.Issuer, authority string) string {
	return "- issuer: " + i.Name + "\n  audiences: [logsieve]\n  algorithms: [RS256, ES256, EdDSA]\n  ca_file: " + authority +
		"\n  grants: [{claim: groups, value: ops, read: '*', write: true}, {claim: groups, value: dev, read: severity>=WARN}]\n"
}

// claims are good ones, changed: a nil takes a claim away.
func (g *guarded) claims(change map[string]any) map[string]any {
	claims := g.issuer.Claims("alice")
	claims["groups"] = []string{"dev", "all"}
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// jwt returns a token that is signed well, with changed claims.
func (g *guarded) jwt(t *testing.T, change map[string]any) string {
	t.Helper()
	return g.issuer.Key("EdDSA").Sign(t, g.claims(change))
}

// headed returns a token that is signed well by a key, with a changed header.
func (g *guarded) headed(t *testing.T, k authtest.Key, change map[string]any) string {
	t.Helper()
	header := map[string]any{"alg": k.Algorithm, "kid": k.ID}
	maps.Copy(header, change)
	return k.SignWith(t, header, g.claims(nil))
}

// forged returns a token with the key ids of the issuer, signed by a key of a stranger.
func (g *guarded) forged(t *testing.T, change map[string]any) string {
	t.Helper()
	k := g.issuer.Key("EdDSA")
	k.Private = g.other.Key("EdDSA").Private
	return g.headed(t, k, change)
}

// hs256 returns a token whose signature is a MAC with a key that everybody knows.
func (g *guarded) hs256(t *testing.T, key []byte) string {
	t.Helper()
	header, err := json.Marshal(map[string]any{"alg": "HS256", "kid": "rsa"})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(g.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	input := authtest.Encode(header) + "." + authtest.Encode(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(input))
	return input + "." + authtest.Encode(mac.Sum(nil))
}

// badTokens are tokens that let nobody in.
func (g *guarded) badTokens(t *testing.T) map[string]string {
	t.Helper()
	all := g.badSignatures(t)
	maps.Copy(all, g.badClaims(t))
	maps.Copy(all, g.badForms(t))
	maps.Copy(all, g.badStatic())
	return all
}

// badSignatures are JWTs with good claims that are signed wrongly, or not at all, or say
// so in their header.
func (g *guarded) badSignatures(t *testing.T) map[string]string {
	t.Helper()
	elsewhere := g.other.Key("EdDSA")
	_, payload, signature := parts(g.jwt(t, nil))
	der, err := x509.MarshalPKIXPublicKey(g.issuer.Key("RS256").Private.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	none := func(alg string) string {
		return authtest.Encode([]byte(`{"alg":"`+alg+`","kid":"ed"}`)) + "." + payload + "."
	}
	return map[string]string{
		"alg none":                         none("none"),
		"alg none, capitals":               none("nOnE"),
		"alg none, with a signature":       none("none") + signature,
		"alg empty":                        none("") + signature,
		"HS256 with the public key as PEM": g.hs256(t, public),
		"HS256 with the public key as DER": g.hs256(t, der),
		"HS256 with an empty key":          g.hs256(t, nil),
		"alg that is not pinned":           g.headed(t, g.issuer.Key("RS256"), map[string]any{"alg": "RS512"}),
		"alg of another family":            g.headed(t, g.issuer.Key("RS256"), map[string]any{"alg": "PS256"}),
		"alg of another key":               g.headed(t, g.issuer.Key("ES256"), map[string]any{"alg": "EdDSA"}),
		"alg is no text":                   g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"alg": 1}),
		"signed by another issuer":         g.headed(t, elsewhere, nil),
		"signed by another, our kid":       g.forged(t, nil),
		"kid that is not known":            g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"kid": "ed-2"}),
		"kid as a path":                    g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"kid": "../../dev/null"}),
		"jku to a stranger":                g.forged(t, map[string]any{"jku": g.other.Name + authtest.KeysPath}),
		"jwk of a stranger":                g.forged(t, map[string]any{"jwk": elsewhere.JWK()}),
		"x5u to a stranger":                g.forged(t, map[string]any{"x5u": g.other.Name}),
		"x5c of a stranger":                g.forged(t, map[string]any{"x5c": []string{base64.StdEncoding.EncodeToString(pemBytes(g.other.Authority))}}),
		"crit":                             g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"crit": []string{"exp"}, "exp": 1}),
		"b64":                              g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"crit": []string{"b64"}, "b64": false}),
		"typ of a logout token":            g.headed(t, g.issuer.Key("EdDSA"), map[string]any{"typ": "logout+jwt"}),
	}
}

// badClaims are JWTs that are signed well, with claims that do not do.
func (g *guarded) badClaims(t *testing.T) map[string]string {
	t.Helper()
	now := time.Now()
	return map[string]string{
		"iss of nobody here":     g.jwt(t, map[string]any{"iss": "https://issuer.example"}),
		"iss with a slash":       g.jwt(t, map[string]any{"iss": g.issuer.Name + "/"}),
		"iss in capitals":        g.jwt(t, map[string]any{"iss": strings.ToUpper(g.issuer.Name)}),
		"iss missing":            g.jwt(t, map[string]any{"iss": nil}),
		"iss is a list":          g.jwt(t, map[string]any{"iss": []string{g.issuer.Name}}),
		"aud of another service": g.jwt(t, map[string]any{"aud": "billing"}),
		"aud of others":          g.jwt(t, map[string]any{"aud": []string{"billing", "Logsieve"}}),
		"aud missing":            g.jwt(t, map[string]any{"aud": nil}),
		"aud is a number":        g.jwt(t, map[string]any{"aud": 7}),
		"exp missing":            g.jwt(t, map[string]any{"exp": nil}),
		"exp is a text":          g.jwt(t, map[string]any{"exp": "2999"}),
		"exp in a year":          g.jwt(t, map[string]any{"exp": now.AddDate(1, 0, 0).Unix()}),
		"lives too long":         g.jwt(t, map[string]any{"iat": now.AddDate(-1, 0, 0).Unix()}),
		"nbf":                    g.jwt(t, map[string]any{"nbf": now.Add(time.Hour).Unix()}),
		"iat in the future":      g.jwt(t, map[string]any{"iat": now.Add(time.Hour / 2).Unix()}),
		"sub missing":            g.jwt(t, map[string]any{"sub": nil}),
		"sub is a number":        g.jwt(t, map[string]any{"sub": 1}),
		"sub with a line end":    g.jwt(t, map[string]any{"sub": "alice\nlevel=ERROR"}),
		"sub of a kilobyte":      g.jwt(t, map[string]any{"sub": strings.Repeat("a", 1024)}),
	}
}

// badForms are good JWTs that were changed, or put in another form.
func (g *guarded) badForms(t *testing.T) map[string]string {
	t.Helper()
	good := g.jwt(t, nil)
	header, payload, signature := parts(good)
	return map[string]string{
		"payload is a list":               authtest.Encode([]byte(`{"alg":"EdDSA","kid":"ed"}`)) + "." + authtest.Encode([]byte(`[]`)) + "." + signature,
		"a claim twice":                   header + "." + authtest.Encode([]byte(`{"iss":"`+g.issuer.Name+`","iss":"`+g.other.Name+`"}`)) + "." + signature,
		"another payload":                 header + "." + authtest.Encode([]byte(`{"iss":"`+g.issuer.Name+`","aud":"logsieve","sub":"root","exp":9999999999}`)) + "." + signature,
		"another header":                  authtest.Encode([]byte(`{"kid":"ed","alg":"EdDSA"}`)) + "." + payload + "." + signature,
		"signature with another bit":      header + "." + payload + "." + flip(signature),
		"signature missing":               header + "." + payload + ".",
		"two parts":                       header + "." + payload,
		"five parts":                      good + "." + payload + "." + signature,
		"cut":                             good[:len(good)-10],
		"padded":                          good + "==",
		"other bits behind the last byte": header + "." + payload + "." + signature[:len(signature)-1] + string(signature[len(signature)-1]+1),
		"with a line end in base64":       header + "." + payload + "." + signature[:10] + "\n" + signature[10:],
		"JSON serialisation":              `{"protected":"` + header + `","payload":"` + payload + `","signature":"` + signature + `"}`,
		"over 8 KiB":                      g.jwt(t, map[string]any{"x": strings.Repeat("x", 8<<10)}),
		"dots":                            "..",
	}
}

// badStatic are wrong tokens of our own kind.
func (g *guarded) badStatic() map[string]string {
	id, secret, _ := strings.Cut(strings.TrimPrefix(g.token, "sk_"), "_")
	return map[string]string{
		"token of nobody":                   g.foreignToken,
		"token with the id of another":      "sk_expired_" + secret,
		"token with another secret":         "sk_" + id + "_" + authtest.Encode(make([]byte, 32)),
		"token with the prefix in capitals": "SK_" + id + "_" + secret,
		"token with its id in capitals":     "sk_" + strings.ToUpper(id) + "_" + secret,
		"token, cut":                        g.token[:len(g.token)-1],
		"token, longer":                     g.token + "A",
		"token, padded":                     g.token + "=",
		"token, with white space in it":     g.token[:20] + " " + g.token[20:],
		"token, with a tab behind it":       g.token + "\t",
		"token, with a NUL":                 g.token + "\x00",
		"token, with a BOM":                 "\ufeff" + g.token,
		"token, weak though listed":         g.weak,
		"token, id alone":                   "sk_" + id,
		"token, empty secret":               "sk_" + id + "_",
		"its sum instead of it":             "sk_" + id + "_" + token.Sum(sha256.Sum256([]byte(g.token))).String(),
		"prefix alone":                      "sk_",
	}
}

func parts(jwt string) (header, payload, signature string) {
	p := strings.Split(jwt, ".")
	return p[0], p[1], p[2]
}

// flip returns base64 of other bytes.
func flip(text string) string {
	b, _ := base64.RawURLEncoding.DecodeString(text)
	b[0] ^= 1
	return authtest.Encode(b)
}

func pemBytes(text []byte) []byte {
	block, _ := pem.Decode(text)
	return block.Bytes
}

// No bad token lets anybody in, whatever it is wrong with, and the answer repeats nothing
// of it.
func TestBadTokens(t *testing.T) {
	g := newGuarded(t)
	bad := g.badTokens(t)
	if len(bad) < 70 {
		t.Errorf("there are %d kinds of bad tokens", len(bad))
	}
	for name, text := range bad {
		t.Run(name, func(t *testing.T) {
			_, err := g.access.Authenticate(t.Context(), with(text))
			wantRefusal(t, err, codes.Unauthenticated, "BAD_CREDENTIAL")
			wantNothingOf(t, err, text)
		})
	}
	// And the good ones do, so that the others are bad for the reason in their name.
	for name, text := range map[string]string{
		"token": g.token, "EdDSA": g.jwt(t, nil),
		"RS256":         g.headed(t, g.issuer.Key("RS256"), nil),
		"ES256":         g.headed(t, g.issuer.Key("ES256"), nil),
		"access token":  g.headed(t, g.issuer.Key("ES256"), map[string]any{"typ": "application/at+JWT"}),
		"jku of its":    g.headed(t, g.issuer.Key("ES256"), map[string]any{"jku": "https://elsewhere.example"}),
		"aud in a list": g.jwt(t, map[string]any{"aud": []string{"billing", "logsieve"}}),
	} {
		if _, err := g.access.Authenticate(t.Context(), with(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := g.other.Asked(); n > 1 {
		t.Errorf("the other issuer was asked for its keys %d times", n)
	}
}

// wantNothingOf checks that an error has no piece of a credential in it.
func wantNothingOf(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil {
		return
	}
	const piece = 12
	problem, _ := fault.Describe(err)
	told := err.Error() + problem.Message + problem.Hint
	for i := 0; i+piece <= len(text); i++ {
		if strings.Contains(told, text[i:i+piece]) {
			t.Errorf("the answer %q repeats %q", told, text[i:i+piece])
		}
	}
}

// What is genuine but good no longer, or for nothing here, is told to be.
func TestGenuineCredentials(t *testing.T) {
	g := newGuarded(t)
	for name, tt := range map[string]struct {
		text   string
		code   codes.Code
		reason string
	}{
		"expired JWT":   {g.jwt(t, map[string]any{"iat": 1, "exp": 2}), codes.Unauthenticated, "CREDENTIAL_EXPIRED"},
		"expired token": {g.expired, codes.Unauthenticated, "CREDENTIAL_EXPIRED"},
		"no grant":      {g.jwt(t, map[string]any{"groups": []string{"devs"}}), codes.PermissionDenied, "NO_GRANT"},
		"no such claim": {g.jwt(t, map[string]any{"groups": nil}), codes.PermissionDenied, "NO_GRANT"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.access.Authenticate(t.Context(), with(tt.text))
			wantRefusal(t, err, tt.code, tt.reason)
			wantNothingOf(t, err, tt.text)
		})
	}
	fresh := newGuarded(t)
	fresh.issuer.SetDown(true)
	_, err := fresh.access.Authenticate(t.Context(), with(fresh.jwt(t, nil)))
	wantRefusal(t, err, codes.Unavailable, "ISSUER_UNAVAILABLE")
}

// The header is read strictly, but for what RFC 9110 leaves open.
func TestHeaders(t *testing.T) {
	g := newGuarded(t)
	for name, tt := range map[string]struct {
		headers []string
		reason  string // empty: let in
	}{
		"as usual":                {[]string{"Bearer " + g.token}, ""},
		"in lower case":           {[]string{"bearer " + g.token}, ""},
		"in capitals":             {[]string{"BEARER " + g.token}, ""},
		"with several spaces":     {[]string{"Bearer   " + g.token}, ""},
		"none":                    {nil, "NO_CREDENTIAL"},
		"empty":                   {[]string{""}, "BAD_CREDENTIAL"},
		"scheme alone":            {[]string{"Bearer"}, "BAD_CREDENTIAL"},
		"scheme and a space":      {[]string{"Bearer "}, "BAD_CREDENTIAL"},
		"no scheme":               {[]string{g.token}, "BAD_CREDENTIAL"},
		"another scheme":          {[]string{"Basic " + g.token}, "BAD_CREDENTIAL"},
		"a longer scheme":         {[]string{"Bearers " + g.token}, "BAD_CREDENTIAL"},
		"a tab":                   {[]string{"Bearer\t" + g.token}, "BAD_CREDENTIAL"},
		"a space behind it":       {[]string{"Bearer " + g.token + " "}, "BAD_CREDENTIAL"},
		"twice":                   {[]string{"Bearer " + g.token, "Bearer " + g.token}, "BAD_CREDENTIAL"},
		"two in one":              {[]string{"Bearer " + g.token + ", Bearer " + g.token}, "BAD_CREDENTIAL"},
		"good one and a bad one":  {[]string{"Bearer " + g.token, "Bearer x"}, "BAD_CREDENTIAL"},
		"a parameter":             {[]string{"Bearer token=" + g.token}, "BAD_CREDENTIAL"},
		"in quotes":               {[]string{`Bearer "` + g.token + `"`}, "BAD_CREDENTIAL"},
		"over 8 KiB with a token": {[]string{"Bearer " + strings.Repeat(" ", 8<<10) + g.token}, "BAD_CREDENTIAL"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.access.Authenticate(t.Context(), Credentials{Authorization: tt.headers})
			switch {
			case tt.reason != "":
				wantRefusal(t, err, codes.Unauthenticated, tt.reason)
			case err != nil:
				t.Error(err)
			}
		})
	}
}
