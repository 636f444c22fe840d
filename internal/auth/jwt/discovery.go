package jwt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// discoveryPath is where OpenID Connect Discovery 1.0 has the metadata of an issuer.
const discoveryPath = "/.well-known/openid-configuration"

// CheckName returns what is wrong with an issuer whose keys are to be discovered, nil if
// nothing is.
func CheckName(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "":
		return errors.New("is not a URL: write it as the tokens have it in iss, as in https://login.example.org")
	case !isSafe(u):
		return errors.New("is not encrypted: write an https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("has a user, a query or a fragment: write it without")
	}
	return nil
}

// isSafe tells whether what is read from a URL is what its owner has sent: it is encrypted,
// or never leaves the machine.
func isSafe(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback()
}

// fetch asks the issuer where its keys are, and for them.
func (r *Remote) fetch(ctx context.Context) (keySet, error) {
	text, err := r.read(ctx, strings.TrimSuffix(r.issuer, "/")+discoveryPath)
	if err != nil {
		return nil, err
	}
	var metadata struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &metadata); err != nil {
		return nil, fmt.Errorf("the metadata of the issuer is not JSON: %w", err)
	}
	if metadata.Issuer != r.issuer {
		return nil, fmt.Errorf("the issuer calls itself %q: write it like that in the access file, if that is right", metadata.Issuer)
	}
	u, err := url.Parse(metadata.Keys)
	if err != nil || u.Host == "" || !isSafe(u) {
		return nil, fmt.Errorf("the issuer has its keys at %q, which is no https URL", metadata.Keys)
	}
	if text, err = r.read(ctx, metadata.Keys); err != nil {
		return nil, err
	}
	return parseKeys(text, false)
}

// read fetches a document of bounded size.
func (r *Remote) read(ctx context.Context, from string) (text []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", from, response.Status)
	}
	text, err = io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err == nil && len(text) > maxKeySet {
		err = fmt.Errorf("%s is larger than %d bytes", from, maxKeySet)
	}
	return text, err
}

// maxRedirects is how often an issuer may send us on.
const maxRedirects = 3

// refuseRedirect keeps an issuer from sending us to where anybody could answer.
func refuseRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects || !isSafe(next.URL) {
		return fmt.Errorf("the issuer redirects to %s, which is not followed", next.URL.Redacted())
	}
	return nil
}
