package auth

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// issuerRule is an issuer of the access file.
type issuerRule struct {
	issuer    *jwt.Issuer
	config    jwt.Config
	nameClaim string
	grants    []claimGrant
	lease     *lease
}

// claimGrant is what a token with a claim is allowed.
type claimGrant struct {
	claim, value string // claim is empty: every token
	grant
}

// String returns all that the grant says, as that of grant does, which would leave out whom
// it is for: it is a term of the lease.
func (g claimGrant) String() string { return fmt.Sprintf("%q %q %s", g.claim, g.value, g.grant) }

func issuerKeys() []string {
	return []string{"issuer", "audiences", "algorithms", "keys_file", "ca_file", "name_claim", "grants"}
}

// addIssuer reads an issuer.
func (r *rules) addIssuer(s stanza, files *loader, logger *slog.Logger) {
	rule := &issuerRule{nameClaim: "sub", config: jwt.Config{
		Name: s.need("issuer", "https://login.example.org"), Audiences: s.texts("audiences"),
		Algorithms: s.texts("algorithms"),
	}}
	if len(rule.config.Audiences) == 0 {
		s.fail("audiences", "has nothing in it: list what tokens for this server have in aud, as in [logsieve]")
	}
	rule.checkAlgorithms(s)
	if s.has("name_claim") {
		rule.nameClaim = s.need("name_claim", "email")
	}
	for i, node := range s.list("grants") {
		rule.grants = append(rule.grants, readClaimGrant(newStanza(s.mistakes, item(s.sub("grants"), i), node, grantKeys("claim", "value")...)))
	}
	if len(rule.grants) == 0 {
		s.fail("grants", `has nothing in it: list what tokens may do, as in {claim: groups, value: developers, read: "*"}`)
	}
	keys, sum := readKeys(s, rule.config.Name, files, logger)
	rule.issuer = jwt.NewIssuer(rule.config, keys)
	rule.lease = newLease("%q %q %v %x", rule.config, rule.nameClaim, rule.grants, sum)
	if rule.config.Name != "" && r.lease(s, "issuer", "issuer "+rule.config.Name, rule.lease) {
		r.issuers[rule.config.Name] = rule
	}
}

func (i *issuerRule) checkAlgorithms(s stanza) {
	known := jwt.Algorithms()
	if len(i.config.Algorithms) == 0 {
		s.fail("algorithms", "has nothing in it: list those of the issuer, of %s", strings.Join(known, ", "))
	}
	for _, name := range i.config.Algorithms {
		if !slices.Contains(known, name) {
			s.fail("algorithms", "has %q in it: list some of %s", name, strings.Join(known, ", "))
		}
	}
}

// readKeys returns where the keys of an issuer come from, and a sum of what is configured
// of them.
func readKeys(s stanza, issuer string, files *loader, logger *slog.Logger) (keys jwt.Keys, sum [sha256.Size]byte) {
	if s.has("keys_file") {
		if s.has("ca_file") {
			s.fail("ca_file", "has no effect beside keys_file: leave one of them out")
		}
		text, ok := files.read(s, "keys_file")
		if !ok {
			return nil, sum
		}
		static, err := jwt.ParseStatic(text)
		if err != nil {
			s.fail("keys_file", "names a file that cannot be used: %v", err)
		}
		return static, sha256.Sum256(text)
	}
	if err := jwt.CheckName(issuer); err != nil && issuer != "" {
		s.fail("issuer", "%v; or name its keys with keys_file", err)
	}
	var authorities []byte
	if s.has("ca_file") {
		text, ok := files.read(s, "ca_file")
		if ok && !x509.NewCertPool().AppendCertsFromPEM(text) {
			s.fail("ca_file", "names a file without a certificate in PEM")
		}
		authorities = text
	}
	return jwt.NewRemote(issuer, authorities, logger), sha256.Sum256(authorities)
}

// readClaimGrant reads what the tokens with a claim are allowed.
func readClaimGrant(s stanza) claimGrant {
	g := claimGrant{claim: s.text("claim"), value: s.text("value"), grant: readGrant(s)}
	switch {
	case s.has("claim") && g.value == "":
		s.fail("value", "is missing: say what the claim is, or leave out the claim to mean every token of the issuer")
	case s.has("value") && g.claim == "":
		s.fail("claim", "is missing: say which claim has this value")
	}
	return g
}

// authenticateJWT returns who shows a JWT.
func (r *rules) authenticateJWT(ctx context.Context, text string, now time.Time) (*Principal, error) {
	name, err := jwt.IssuerOf(text)
	if err != nil {
		return nil, refuse(causeMalformed)
	}
	rule, known := r.issuers[name]
	if !known {
		return nil, refuse(causeUnknown)
	}
	signed, err := rule.issuer.Verify(ctx, text, now)
	if err != nil {
		return nil, refuse(causeOfJWT(err))
	}
	subject := nameOf(signed.Claims, rule.nameClaim)
	if subject == "" {
		return nil, refuse(causeClaims)
	}
	for _, g := range rule.grants {
		if g.claim == "" || hasClaim(signed.Claims, g.claim, g.value) {
			// Escaped, so that no subject of one issuer is called like one of another.
			return g.principal("jwt:"+name+"/"+url.PathEscape(subject), signed.Expires, rule.lease), nil
		}
	}
	return nil, refuse(causeNoGrant)
}

// causeOfJWT returns why a JWT is refused.
func causeOfJWT(err error) cause {
	for _, c := range []struct {
		err   error
		cause cause
	}{
		{jwt.ErrUnknown, causeUnknown},
		{jwt.ErrSignature, causeWrong},
		{jwt.ErrExpired, causeExpired},
		{jwt.ErrClaims, causeClaims},
		{jwt.ErrUnavailable, causeUnavailable},
	} {
		if errors.Is(err, c.err) {
			return c.cause
		}
	}
	return causeMalformed
}

// inheritKeys goes on with the keys that the rule before has fetched.
func (i *issuerRule) inheritKeys(before *issuerRule) {
	mine, ok := i.issuer.Keys().(*jwt.Remote)
	theirs, fetched := before.issuer.Keys().(*jwt.Remote)
	if ok && fetched && mine.Same(theirs) {
		i.issuer = jwt.NewIssuer(i.config, theirs)
	}
}
