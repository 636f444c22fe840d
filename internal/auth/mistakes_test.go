package auth

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

const someSum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// mistakesOf returns what is said of a file, without what all errors begin with.
func mistakesOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := parseRules([]byte(text), &loader{dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// Each mistake is told with the whole sentence that a person reads.
func TestMistakes(t *testing.T) {
	good := func(more string) string {
		return "tokens:\n- {id: a, name: a, sha256: " + someSum + ", " + more + "}\n"
	}
	jwt := func(more string) string {
		return "jwt:\n- issuer: https://i.example\n  audiences: [a]\n  algorithms: [ES256]\n  grants: [{read: '*'}]\n" + more
	}
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "line 1: the file is empty: list who is let in, as logsieve token new prints it"},
		{"comment", "# nothing\n", "line 1: the file is empty: list who is let in, as logsieve token new prints it"},
		{"nobody", "tokens: []\n", "line 1: the file lets nobody in: list a token, as logsieve token new prints it"},
		{"a text", "hello\n", "line 1: the file is not a mapping: write tokens, jwt, certificates, each with a value, below it"},
		{"unknown section", good("read: '*'") + "users: []\n", "line 3: users is not a key here: it is one of tokens, jwt, certificates"},
		{"section twice", good("read: '*'") + "tokens: []\n", "line 3: tokens is there twice: keep one"},
		{"no list", "tokens: {a: b}\n", "line 1: tokens is not a list: write each item behind a hyphen"},
		{"unknown key", good("read: '*', reed: '*'"), "line 2: tokens[0].reed is not a key here: it is one of id, name, sha256, expires, note, read, write, stamp"},
		{"key twice", good("read: '*', read: '*'"), "line 2: tokens[0].read is there twice: keep one"},
		{"two documents", good("read: '*'") + "---\n" + good("read: '*'"), "the file has more than one document: keep one, with no line of ---"},
		{"alias", "tokens: &a [*a]\n", "line 1: the file has an alias (*a): write out what it stands for"},
		{"not YAML", "tokens: [\n", "the file is not valid YAML: yaml: line 1: did not find expected node content"},

		{"id missing", "tokens:\n- {name: a, sha256: " + someSum + ", write: true}\n", "line 2: tokens[0].id is missing: write one, as in id: k7wq2m4c5a"},
		{"id empty", "tokens:\n- {id: '', name: a, sha256: " + someSum + ", write: true}\n", "line 2: tokens[0].id is empty: write one, as in id: k7wq2m4c5a"},
		{"id odd", "tokens:\n- {id: a_b, name: a, sha256: " + someSum + ", write: true}\n", "line 2: tokens[0].id has other characters than letters, digits and hyphens, or more than 64"},
		{"id twice", good("write: true") + "- {id: a, name: b, sha256: " + someSum + ", write: true}\n", "line 3: tokens[1].id is there twice: keep one"},
		{"sum short", "tokens:\n- {id: a, name: a, sha256: abcd, write: true}\n", "line 2: tokens[0].sha256 is not a SHA-256 sum: write 64 hexadecimal digits, as logsieve token new prints them"},
		{"name is a number", "tokens:\n- {id: a, name: 7, sha256: " + someSum + ", write: true}\n", "line 2: tokens[0].name is not a text: write one, in quotes if need be"},
		{"name with a line end", "tokens:\n- {id: a, name: \"a\\nb\", sha256: " + someSum + ", write: true}\n", "line 2: tokens[0].name has a control character: write it in one line"},
		{"expires", good("read: '*', expires: tomorrow"), "line 2: tokens[0].expires is not a time: write one as in 2027-01-31T00:00:00Z"},
		{"a day", good("read: '*', expires: 2027-01-31"), "line 2: tokens[0].expires is not a time: write one as in 2027-01-31T00:00:00Z"},

		{"nothing granted", good("note: x"), `line 2: tokens[0] grants nothing: give it read: "*" (everything), read: with a query, write: true, or more of these`},
		{"write is a text", good("read: '*', write: yes please"), "line 2: tokens[0].write is neither true nor false"},
		{"read empty", good("read: ''"), `line 2: tokens[0].read is empty: write "*" for everything, or leave it out for nothing`},
		{"read of all", good("read: '()'"), ""},
		{"read wrong", good("read: 'service='"), "line 2: tokens[0].read is not a query: "},
		{"read is a list", good("read: [a]"), "line 2: tokens[0].read is not a text: write one, in quotes if need be"},
		{"stamp without write", good("read: '*', stamp: {host: a}"), "line 2: tokens[0].stamp has no effect without write: true"},
		{"stamp is a text", good("write: true, stamp: a"), "line 2: tokens[0].stamp is not a mapping: write service, host, attributes, each with a value, below it"},
		{"stamp of a list", good("write: true, stamp: {attributes: {a: [b]}}"), "line 2: tokens[0].stamp.attributes.a is not a text: give it one, in quotes if need be"},
		{"stamp of a number", good("write: true, stamp: {attributes: {a: 1}}"), "line 2: tokens[0].stamp.attributes.a is not a text: give it one, in quotes if need be"},
		{"stamp twice", good("write: true, stamp: {attributes: {a: b, a: c}}"), "line 2: tokens[0].stamp.attributes.a is there twice: keep one"},

		{"issuer in plain", strings.Replace(jwt(""), "https:", "http:", 1), "line 2: jwt[0].issuer is not encrypted: write an https URL; or name its keys with keys_file"},
		{"issuer missing", "jwt:\n- {audiences: [a], algorithms: [ES256], grants: [{read: '*'}]}\n", "line 2: jwt[0].issuer is missing: write one, as in issuer: https://login.example.org"},
		{"issuer twice", jwt("") + strings.TrimPrefix(jwt(""), "jwt:\n"), "line 6: jwt[1].issuer is there twice: keep one"},
		{"audiences missing", strings.Replace(jwt(""), "  audiences: [a]\n", "", 1), "line 2: jwt[0].audiences has nothing in it: list what tokens for this server have in aud, as in [logsieve]"},
		{"algorithms missing", strings.Replace(jwt(""), "  algorithms: [ES256]\n", "", 1), "line 2: jwt[0].algorithms has nothing in it: list those of the issuer, of RS256, ES256, EdDSA"},
		{"algorithm symmetric", strings.Replace(jwt(""), "ES256", "HS256", 1), `line 4: jwt[0].algorithms has "HS256" in it: list some of RS256, ES256, EdDSA`},
		{"algorithm none", strings.Replace(jwt(""), "ES256", "none", 1), `line 4: jwt[0].algorithms has "none" in it: list some of RS256, ES256, EdDSA`},
		{"grants missing", strings.Replace(jwt(""), "  grants: [{read: '*'}]\n", "", 1), `line 2: jwt[0].grants has nothing in it: list what tokens may do, as in {claim: groups, value: developers, read: "*"}`},
		{"claim without value", strings.Replace(jwt(""), "{read", "{claim: groups, read", 1), "line 5: jwt[0].grants[0].value is missing: say what the claim is, or leave out the claim to mean every token of the issuer"},
		{"value without claim", strings.Replace(jwt(""), "{read", "{value: dev, read", 1), "line 5: jwt[0].grants[0].claim is missing: say which claim has this value"},
		{"both kinds of keys", jwt("  keys_file: no\n  ca_file: no\n"), "line 7: jwt[0].ca_file has no effect beside keys_file: leave one of them out"},

		{"SAN missing", "certificates:\n- {name: a, write: true}\n", "line 2: certificates[0].san is missing: write one, as in san: spiffe://example.org/agent, or a DNS name"},
		{"SAN is a DN", "certificates:\n- {san: 'CN=agent', write: true}\n", "line 2: certificates[0].san is neither a URI nor a DNS name: write it as the certificate has it among its subject alternative names, with no wildcard; the common name is not looked at"},
		{"SAN twice", "certificates:\n- {san: a.b, write: true}\n- {san: A.B, read: '*'}\n", "line 3: certificates[1].san is there twice: keep one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mistakesOf(t, tt.text)
			if tt.want == "" {
				if got == nil {
					t.Error("no mistake")
				}
				return
			}
			if !slices.ContainsFunc(got, func(m string) bool { return strings.HasPrefix(m, tt.want) }) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// All of them are told at once, in the order of the file.
func TestAllMistakesAtOnce(t *testing.T) {
	got := mistakesOf(t, `tokens:
- id: a
  name: a
  sha256: no
  read: "service="
- id: a
  sha256: `+someSum+`
  write: perhaps
certificates:
- san: "*.example.org"
  read: "*"
`)
	var places []string
	for _, mistake := range got {
		place, _, _ := strings.Cut(mistake, " is ")
		place, _, _ = strings.Cut(place, " grants ")
		places = append(places, place)
	}
	want := []string{
		"line 4: tokens[0].sha256", "line 5: tokens[0].read",
		"line 6: tokens[1].name", "line 6: tokens[1]", "line 6: tokens[1].id", "line 8: tokens[1].write",
		"line 10: certificates[0].san",
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("%s\n%s", diff, strings.Join(got, "\n"))
	}
}

// What keeps a server from starting says what to do about it.
func TestFilesThatCannotBeLoaded(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write(t, path("wrong.yaml"), "tokens: [{id: a}]\n")
	write(t, path("huge.yaml"), strings.Repeat("# \n", maxFile/3+1))
	write(t, path("keys.yaml"), "jwt: [{issuer: i, audiences: [a], algorithms: [ES256], keys_file: none.json, grants: [{read: '*'}]}]\n")
	if err := os.Mkdir(path("dir.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none.yaml":  "there is no access file",
		"wrong.yaml": "is wrong:\n  line 1: tokens[0].name is missing",
		"huge.yaml":  "larger than 8 MiB",
		"keys.yaml":  "jwt[0].keys_file names a file that cannot be used: open " + path("none.json"),
		"dir.yaml":   "",
	} {
		_, err := Load(path(name), slog.New(slog.DiscardHandler), NewMetrics(prometheus.NewRegistry()))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
