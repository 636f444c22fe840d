package auth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"

	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/internal/auth/jwt"
)

// rules are what an access file says. They do not change, but for the leases that replace
// hands on, before anybody else sees them.
type rules struct {
	tokens       map[string]*tokenRule  // by the id of the token
	issuers      map[string]*issuerRule // by the name that tokens have in iss
	certificates []*certificateRule
	// leases are those of all rules by what each rule is about.
	leases map[string]*lease
}

// maxFile bounds an access file: some ten thousand tokens.
const maxFile = 8 << 20

// parseRules reads an access file. The error joins every [Mistake] in it.
func parseRules(text []byte, files *loader, logger *slog.Logger) (*rules, error) {
	r := &rules{tokens: map[string]*tokenRule{}, issuers: map[string]*issuerRule{}, leases: map[string]*lease{}}
	root, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	m := &mistakes{}
	file := newStanza(m, "", root, "tokens", "jwt", "certificates")
	for i, node := range file.list("tokens") {
		r.addToken(newStanza(m, item("tokens", i), node, tokenKeys()...))
	}
	for i, node := range file.list("jwt") {
		r.addIssuer(newStanza(m, item("jwt", i), node, issuerKeys()...), files, logger)
	}
	for i, node := range file.list("certificates") {
		r.addCertificate(newStanza(m, item("certificates", i), node, certificateKeys()...))
	}
	if len(m.all) == 0 && len(r.leases) == 0 {
		m.add(root.Line, "", "lets nobody in: list a token, as logsieve token new prints it")
	}
	return r, m.err()
}

// parseYAML returns the mapping that a file is.
func parseYAML(text []byte) (*yaml.Node, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file is larger than %d MiB", maxFile>>20)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, &Mistake{1, "", "is empty: list who is let in, as logsieve token new prints it"}
	case err != nil:
		return nil, fmt.Errorf("the file is not valid YAML: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has more than one document: keep one, with no line of ---")
	}
	if alias := findAlias(&document); alias != nil {
		return nil, &Mistake{alias.Line, "", "has an alias (*" + alias.Value + "): write out what it stands for"}
	}
	return document.Content[0], nil
}

// findAlias returns the first alias: who may do what is to be read where it stands.
func findAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node
	}
	for _, child := range node.Content {
		if alias := findAlias(child); alias != nil {
			return alias
		}
	}
	return nil
}

// lease notes the lease of a rule. The stanza must not be about what another one is about.
func (r *rules) lease(s stanza, key, about string, l *lease) bool {
	if _, twice := r.leases[about]; twice {
		s.fail(key, "is there twice: keep one")
		return false
	}
	r.leases[about] = l
	return true
}

// inherit hands the leases of the rules before on to those that say the same, and returns
// those that have ended. Keys that were fetched stay with their issuer, so that its tokens
// need not wait for them.
func (r *rules) inherit(before *rules) (ended []*lease) {
	for name, rule := range r.issuers {
		if old, ok := before.issuers[name]; ok {
			rule.inheritKeys(old)
		}
	}
	for about, old := range before.leases {
		l, ok := r.leases[about]
		if !ok || l.terms != old.terms {
			ended = append(ended, old)
			continue
		}
		l.revoked = old.revoked
	}
	return ended
}

// remotes are the keys that are fetched.
func (r *rules) remotes() iter.Seq[*jwt.Remote] {
	return func(yield func(*jwt.Remote) bool) {
		for _, rule := range r.issuers {
			if remote, ok := rule.issuer.Keys().(*jwt.Remote); ok && !yield(remote) {
				return
			}
		}
	}
}
