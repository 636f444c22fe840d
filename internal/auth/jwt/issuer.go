package jwt

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// Skew is how far the clock of an issuer may be off.
	Skew = 30 * time.Second
	// MaxLifetime is how long a token may be good for, from its iat and from now. One that
	// leaked is of use for no longer, since nothing can take it back.
	MaxLifetime = 24 * time.Hour
	// MaxText bounds a token, in bytes.
	MaxText = 8 << 10
)

// The reasons for which a token is refused. Nothing is told of one whose signature has not
// been checked, but [ErrMalformed], [ErrUnknown] and [ErrUnavailable].
var (
	ErrMalformed   = errors.New("this is not a JWT that is understood here")
	ErrUnknown     = errors.New("the issuer or the key of the token is not known")
	ErrSignature   = errors.New("the signature does not fit the token")
	ErrExpired     = errors.New("the token has expired")
	ErrClaims      = errors.New("the claims of the token do not fit")
	ErrUnavailable = errors.New("the keys of the issuer cannot be had")
)

// Algorithms are those that may be configured: with public keys, and in use.
func Algorithms() []string { return []string{"RS256", "ES256", "EdDSA"} }

// Config says whose tokens are taken, and which.
type Config struct {
	// Name is the issuer as its tokens have it in iss, to the letter.
	Name string
	// Audiences are the values of aud of which a token must have one. Not empty.
	Audiences []string
	// Algorithms are some of [Algorithms]. Not empty.
	Algorithms []string
}

// Issuer checks the tokens of one issuer. It is immutable and safe for concurrent use.
type Issuer struct {
	config     Config
	algorithms []jose.SignatureAlgorithm
	keys       Keys
}

// NewIssuer returns an issuer whose keys come from keys.
func NewIssuer(c Config, keys Keys) *Issuer {
	i := &Issuer{config: c, keys: keys}
	for _, name := range c.Algorithms {
		i.algorithms = append(i.algorithms, jose.SignatureAlgorithm(name))
	}
	return i
}

// Keys returns where the keys come from.
func (i *Issuer) Keys() Keys { return i.keys }

// Token is what a token says that has been checked.
type Token struct {
	// Claims are all of them, as encoding/json has them.
	Claims map[string]any
	// Expires is until when it is taken: exp and the Skew.
	Expires time.Time
}

// IssuerOf returns the claim iss of a token of which nothing has been checked: good for
// finding the Issuer of this name among those that are configured, and for nothing else.
func IssuerOf(text string) (string, error) {
	_, payload, err := split(text)
	if err != nil {
		return "", err
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Issuer == "" {
		return "", ErrMalformed
	}
	return claims.Issuer, nil
}

// split returns the header and the payload of a token in the compact form. It is strict:
// each part has one spelling.
func split(text string) (header, payload []byte, err error) {
	if len(text) > MaxText {
		return nil, nil, ErrMalformed
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 || strings.ContainsAny(text, "\r\n") { // which the decoder skips
		return nil, nil, ErrMalformed
	}
	var decoded [3][]byte
	for i, part := range parts {
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil || len(decoded[i]) == 0 {
			return nil, nil, ErrMalformed
		}
	}
	return decoded[0], decoded[1], nil
}

// Verify checks a token of this issuer. It may block while the keys are fetched again, for
// [FetchTimeout] at most.
func (i *Issuer) Verify(ctx context.Context, text string, now time.Time) (*Token, error) {
	header, _, err := split(text)
	if err != nil {
		return nil, err
	}
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	signed, err := jwt.ParseSigned(text, i.algorithms)
	if err != nil {
		return nil, ErrMalformed
	}
	key, err := i.keys.Find(ctx, signed.Headers[0].KeyID, signed.Headers[0].Algorithm)
	if err != nil {
		return nil, err
	}
	var claims jwt.Claims
	all := map[string]any{}
	switch err := signed.Claims(key, &claims, &all); {
	case errors.Is(err, jose.ErrCryptoFailure):
		return nil, ErrSignature
	case err != nil:
		return nil, ErrMalformed
	}
	if err := i.checkClaims(claims, now); err != nil {
		return nil, err
	}
	return &Token{Claims: all, Expires: claims.Expiry.Time().Add(Skew)}, nil
}

// checkHeader refuses what changes the meaning of a token in a way that is not known here.
func checkHeader(text []byte) error {
	var header struct {
		Critical any    `json:"crit"`
		Encoded  any    `json:"b64"`
		Type     string `json:"typ"`
	}
	if err := json.Unmarshal(text, &header); err != nil || header.Critical != nil || header.Encoded != nil {
		return ErrMalformed
	}
	// A logout token or a proof of possession is signed by the same issuer, and lets nobody in.
	kind := strings.TrimPrefix(strings.ToLower(header.Type), "application/")
	if kind != "" && kind != "jwt" && kind != "at+jwt" {
		return ErrMalformed
	}
	return nil
}

// checkClaims holds the claims of a signed token against the configuration and the clock.
func (i *Issuer) checkClaims(c jwt.Claims, now time.Time) error {
	if c.Issuer != i.config.Name || c.Expiry == nil || !slices.ContainsFunc(i.config.Audiences, c.Audience.Contains) {
		return ErrClaims
	}
	expires := c.Expiry.Time()
	if !now.Before(expires.Add(Skew)) {
		return ErrExpired
	}
	early := func(at *jwt.NumericDate) bool { return at != nil && now.Add(Skew).Before(at.Time()) }
	tooLong := expires.Sub(now) > MaxLifetime+Skew || c.IssuedAt != nil && expires.Sub(c.IssuedAt.Time()) > MaxLifetime
	if early(c.NotBefore) || early(c.IssuedAt) || tooLong {
		return ErrClaims
	}
	return nil
}
