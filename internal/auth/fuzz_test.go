package auth

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// FuzzAuthenticate checks that nothing but what is listed lets anybody in.
func FuzzAuthenticate(f *testing.F) {
	text, sum := token.New("good")
	issuer := authtest.Key{ID: "ed", Algorithm: "EdDSA", Private: authtest.NewKey()}
	dir := f.TempDir()
	keys := authtest.WriteFile(f, "keys.json", authtest.KeySet(issuer))
	rules, err := parseRules([]byte("tokens:\n"+stanzaOf("good", sum, `read: "*"`)+
		"jwt:\n- {issuer: i, audiences: [a], algorithms: [EdDSA], keys_file: "+keys+", grants: [{read: '*'}]}\n"),
		&loader{dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	now := time.Now()
	jwt := issuer.Sign(f, map[string]any{"iss": "i", "aud": "a", "sub": "s", "exp": now.Add(time.Hour).Unix()})
	for _, good := range []string{text, jwt} {
		if _, err := rules.authenticate(context.Background(), with(good), now); err != nil {
			f.Fatal(err)
		}
		f.Add("Bearer " + good)
		f.Add("Bearer " + good[:len(good)-1] + "A")
	}
	f.Add("Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJpIn0.")
	f.Add("bearer sk_good_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, header string) {
		p, err := rules.authenticate(context.Background(), Credentials{Authorization: []string{header}}, now)
		_, sent, _ := strings.Cut(header, " ")
		sent = strings.TrimLeft(sent, " ")
		if (err == nil) != (sent == text || sent == jwt) && strings.EqualFold(header[:min(6, len(header))], "bearer") {
			t.Errorf("%q: got %+v, %v", header, p, err)
		}
		if err != nil {
			if _, known := fault.Describe(err); !known {
				t.Errorf("%q: the caller would be told nothing of %v", header, err)
			}
		}
	})
}

// FuzzAccessFile checks that any text is either refused with mistakes that have a place,
// or rules; and that a token can be added to those, and removed again, without
// changing any other.
func FuzzAccessFile(f *testing.F) {
	_, sum := token.New("a")
	listed := stanzaOf("a", sum, "read: b, write: true, stamp: {service: s, attributes: {t: u}}, expires: 2999-01-01T00:00:00Z")
	for _, text := range []string{
		"tokens:\n" + listed, "# by hand\ntokens:\n    # the first\n    " + listed + "\ncertificates: [{san: a.b, read: '*'}]\n",
		"tokens: []\ncertificates:\n- {san: spiffe://a/b, write: true}", "{tokens: [" + strings.TrimPrefix(strings.TrimSpace(listed), "- ") + "]}",
		"jwt:\n- {issuer: https://a, audiences: [b], algorithms: [ES256], grants: [{claim: c, value: d, read: '*'}]}\ntokens:",
		"tokens: &a\n- *a\n", "tokens:\r\n" + listed, "a: b\n---\nc: d", "tokens: |\n  x", "? [a]\n: b", "",
	} {
		f.Add(text)
	}
	dir := f.TempDir()
	logger := slog.New(slog.DiscardHandler)
	stanza, err := Listing{ID: "new", Name: "new", Sum: sum, Read: everything}.Stanza()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, err := parseRules([]byte(text), &loader{dir: dir}, logger)
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%q: refused without a word", text)
			}
			return
		}
		added, err := insertToken(text, stanza)
		if _, taken := before.tokens["new"]; err != nil || taken {
			return
		}
		after, err := parseRules([]byte(added), &loader{dir: dir}, logger)
		if err != nil {
			t.Fatalf("%q with a token is wrong: %v\n%s", text, err, added)
		}
		if ended := after.inherit(before); len(ended) > 0 || len(after.leases) != len(before.leases)+1 {
			t.Errorf("%q with a token is %q: rules %q, not %q", text, added,
				slices.Sorted(maps.Keys(after.leases)), slices.Sorted(maps.Keys(before.leases)))
		}
		removed, err := removeToken(added, "new")
		if err != nil {
			t.Fatalf("%q: %v", added, err)
		}
		again, err := parseRules([]byte(removed), &loader{dir: dir}, logger)
		if err != nil {
			t.Fatalf("%q without the token is wrong: %v\n%s", text, err, removed)
		}
		if ended := again.inherit(before); len(ended) > 0 || len(again.leases) != len(before.leases) {
			t.Errorf("%q is %q after a token was there", text, removed)
		}
	})
}
