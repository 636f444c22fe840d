package auth

import (
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// tokenRule is a token of the access file.
type tokenRule struct {
	name    string
	note    string
	sum     token.Sum
	grant   grant
	expires time.Time // zero: never
	lease   *lease
}

func tokenKeys() []string { return grantKeys("id", "name", "sha256", "expires", "note") }

// addToken reads a token.
func (r *rules) addToken(s stanza) {
	rule := &tokenRule{name: s.need("name", "ci"), note: s.text("note"), expires: s.moment("expires"), grant: readGrant(s)}
	id := s.need("id", "k7wq2m4c5a")
	if id != "" && !token.ValidID(id) {
		s.fail("id", "has other characters than letters, digits and hyphens, or more than %d", token.MaxID)
	}
	if text := s.need("sha256", "64 hexadecimal digits"); text != "" {
		var err error
		if rule.sum, err = token.ParseSum(text); err != nil {
			s.fail("sha256", "%v", err)
		}
	}
	if id == "" {
		return
	}
	rule.lease = newLease("%q %s %s %s", rule.name, rule.sum, rule.expires, rule.grant)
	if r.lease(s, "id", aboutToken(id), rule.lease) {
		r.tokens[id] = rule
	}
}

// aboutToken is what the lease of a token is about.
func aboutToken(id string) string { return "token " + id }

// authenticateToken returns who shows a token.
func (r *rules) authenticateToken(text string, now time.Time) (*Principal, error) {
	id, sum, err := token.Parse(text)
	if err != nil {
		return nil, refuse(causeMalformed)
	}
	rule, known := r.tokens[id]
	if !known {
		// Compared all the same: the time of an answer must not tell which ids there are.
		_ = sum.Equal(token.Sum{})
		return nil, refuse(causeUnknown)
	}
	switch {
	case !sum.Equal(rule.sum):
		return nil, refuse(causeWrong)
	case !rule.expires.IsZero() && !now.Before(rule.expires):
		return nil, refuse(causeExpired)
	}
	return rule.grant.principal("token:"+rule.name, rule.expires, rule.lease), nil
}
