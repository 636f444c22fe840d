package auth

import (
	"log/slog"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/auth/authtest"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

// BenchmarkAuthenticate is what it costs a request to say who it comes from, and a flood
// of them to be refused.
func BenchmarkAuthenticate(b *testing.B) {
	issuer := authtest.NewIssuer(b)
	text, sum := token.New("good")
	unknown, _ := token.New("unknown")
	keys := authtest.WriteFile(b, "keys.json", authtest.KeySet(issuer.Key("RS256"), issuer.Key("ES256"), issuer.Key("EdDSA")))
	r, err := parseRules([]byte("tokens:\n"+stanzaOf("good", sum, `read: "*"`)+
		"jwt:\n- {issuer: "+issuer.Name+", audiences: [logsieve], algorithms: [RS256, ES256, EdDSA], keys_file: "+keys+", grants: [{read: '*'}]}\n"),
		&loader{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name, text string
		good       bool
	}{
		{"token", text, true},
		{"unknown token", unknown, false},
		{"RS256", issuer.Key("RS256").Sign(b, issuer.Claims("a")), true},
		{"ES256", issuer.Key("ES256").Sign(b, issuer.Claims("a")), true},
		{"EdDSA", issuer.Key("EdDSA").Sign(b, issuer.Claims("a")), true},
		{"noise", "eyJhbGciOiJub25lIn0.e30.", false},
	} {
		b.Run(bench.name, func(b *testing.B) {
			credentials := with(bench.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.authenticate(b.Context(), credentials, time.Now()); (err == nil) != bench.good {
					b.Fatal(err)
				}
			}
		})
	}
}
