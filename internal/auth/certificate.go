package auth

import (
	"crypto/x509"
	"net/url"
	"strings"
	"time"
)

// certificateRule is a client certificate of the access file.
type certificateRule struct {
	san, name string
	grant     grant
	lease     *lease
}

func certificateKeys() []string { return grantKeys("san", "name") }

// addCertificate reads a certificate.
func (r *rules) addCertificate(s stanza) {
	rule := &certificateRule{
		san: s.need("san", "spiffe://example.org/agent, or a DNS name"), name: s.text("name"), grant: readGrant(s),
	}
	if rule.san == "" {
		return
	}
	if !strings.Contains(rule.san, "://") {
		rule.san = strings.ToLower(rule.san)
	}
	if !validSAN(rule.san) {
		s.fail("san", "is neither a URI nor a DNS name: write it as the certificate has it among its subject alternative names, with no wildcard; "+
			"the common name is not looked at")
	}
	if rule.name == "" {
		rule.name = rule.san
	}
	rule.lease = newLease("%q %s", rule.name, rule.grant)
	if r.lease(s, "san", "certificate "+rule.san, rule.lease) {
		r.certificates = append(r.certificates, rule)
	}
}

func validSAN(san string) bool {
	if strings.Contains(san, "://") {
		u, err := url.Parse(san)
		return err == nil && u.Scheme != "" && u.Host != "" && u.String() == san
	}
	for label := range strings.SplitSeq(san, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// authenticateCertificate returns who shows a certificate. Of several rules that fit it
// the first one counts.
func (r *rules) authenticateCertificate(c *x509.Certificate, now time.Time) (*Principal, error) {
	// TLS has checked it when the connection was made, which may be long ago.
	if now.After(c.NotAfter) || now.Before(c.NotBefore) {
		return nil, refuse(causeExpired)
	}
	for _, rule := range r.certificates {
		if hasSAN(c, rule.san) {
			return rule.grant.principal("certificate:"+rule.name, c.NotAfter, rule.lease), nil
		}
	}
	return nil, refuse(causeUnknown)
}

// hasSAN tells whether a certificate was issued for a name. Only subject alternative names
// count: a distinguished name has several spellings, and what authorities let into a
// common name nobody knows.
func hasSAN(c *x509.Certificate, san string) bool {
	for _, u := range c.URIs {
		if u.String() == san {
			return true
		}
	}
	for _, name := range c.DNSNames {
		if strings.EqualFold(name, san) {
			return true
		}
	}
	return false
}
