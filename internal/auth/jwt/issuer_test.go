package jwt_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// static returns an issuer, and how its tokens are checked with configured keys.
func static(t *testing.T) (*authtest.Issuer, *jwt.Issuer) {
	t.Helper()
	i := authtest.NewIssuer(t)
	keys, err := jwt.ParseStatic(authtest.KeySet(i.Key("RS256"), i.Key("ES256"), i.Key("EdDSA")))
	if err != nil {
		t.Fatal(err)
	}
	return i, jwt.NewIssuer(jwt.Config{
		Name: i.Name, Audiences: []string{authtest.Audience}, Algorithms: jwt.Algorithms(),
	}, keys)
}

func TestEveryAlgorithm(t *testing.T) {
	issuer, checked := static(t)
	for _, algorithm := range jwt.Algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			text := issuer.Key(algorithm).Sign(t, issuer.Claims("alice"))
			name, err := jwt.IssuerOf(text)
			if err != nil || name != issuer.Name {
				t.Errorf("IssuerOf = %q, %v", name, err)
			}
			token, err := checked.Verify(t.Context(), text, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if token.Claims["sub"] != "alice" {
				t.Errorf("claims = %v", token.Claims)
			}
			if left := time.Until(token.Expires) - time.Hour; left > jwt.Skew || left < jwt.Skew-5*time.Second {
				t.Errorf("expires %v after exp, want %v", left, jwt.Skew)
			}
		})
	}
}

// The clock is taken with 30 s of tolerance on either side, to the second.
func TestClock(t *testing.T) {
	issuer, checked := static(t)
	now := time.Now().Truncate(time.Second)
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	const skew = jwt.Skew
	for name, tt := range map[string]struct {
		claims map[string]any
		want   error
	}{
		"in time":                 {map[string]any{}, nil},
		"expired within the skew": {map[string]any{"exp": at(1*time.Second - skew)}, nil},
		"expired":                 {map[string]any{"exp": at(-skew)}, jwt.ErrExpired},
		"nbf within the skew":     {map[string]any{"nbf": at(skew)}, nil},
		"nbf":                     {map[string]any{"nbf": at(skew + time.Second)}, jwt.ErrClaims},
		"iat within the skew":     {map[string]any{"iat": at(skew)}, nil},
		"iat in the future":       {map[string]any{"iat": at(skew + time.Second)}, jwt.ErrClaims},
		"a day":                   {map[string]any{"iat": at(0), "exp": at(jwt.MaxLifetime)}, nil},
		"more than a day":         {map[string]any{"iat": at(0), "exp": at(jwt.MaxLifetime + time.Second)}, jwt.ErrClaims},
		"more than a day, begun":  {map[string]any{"iat": at(-time.Hour), "exp": at(jwt.MaxLifetime)}, jwt.ErrClaims},
		"more than a day, no iat": {map[string]any{"iat": nil, "exp": at(jwt.MaxLifetime + skew + time.Second)}, jwt.ErrClaims},
		"for ever":                {map[string]any{"exp": 1e18}, jwt.ErrClaims},
		"beyond all time":         {map[string]any{"exp": 1e300}, jwt.ErrMalformed},
		"exp is a text":           {map[string]any{"exp": "2999"}, jwt.ErrMalformed},
		"exp is null":             {map[string]any{"exp": nil}, jwt.ErrClaims},
		"exp below zero":          {map[string]any{"exp": -1}, jwt.ErrExpired},
	} {
		t.Run(name, func(t *testing.T) {
			claims := issuer.Claims("alice")
			maps.Copy(claims, tt.claims)
			_, err := checked.Verify(t.Context(), issuer.Key("EdDSA").Sign(t, claims), now)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// A token that has expired is said to have only if it was signed.
func TestSignatureBeforeClaims(t *testing.T) {
	issuer, checked := static(t)
	claims := issuer.Claims("alice")
	claims["exp"] = 1
	forger := issuer.Key("EdDSA")
	issuer.Rotate("other")
	forger.Private = issuer.Key("EdDSA").Private
	_, err := checked.Verify(t.Context(), forger.Sign(t, claims), time.Now())
	if !errors.Is(err, jwt.ErrSignature) {
		t.Errorf("got %v, want %v", err, jwt.ErrSignature)
	}
}

func TestPinnedAlgorithm(t *testing.T) {
	issuer, _ := static(t)
	keys, err := jwt.ParseStatic(authtest.KeySet(issuer.Key("RS256"), issuer.Key("ES256")))
	if err != nil {
		t.Fatal(err)
	}
	pinned := jwt.NewIssuer(jwt.Config{Name: issuer.Name, Audiences: []string{authtest.Audience}, Algorithms: []string{"ES256"}}, keys)
	if _, err := pinned.Verify(t.Context(), issuer.Key("ES256").Sign(t, issuer.Claims("a")), time.Now()); err != nil {
		t.Error(err)
	}
	_, err = pinned.Verify(t.Context(), issuer.Key("RS256").Sign(t, issuer.Claims("a")), time.Now())
	if !errors.Is(err, jwt.ErrMalformed) {
		t.Errorf("got %v, want a refusal of the algorithm", err)
	}
}
