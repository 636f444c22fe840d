package filter

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// regex is a predicate: a regular expression (RE2 syntax) matches somewhere in the
// first MaxRegexText bytes of the field's text.
type regex struct {
	field  field
	source string
	// re is nil if what is required is sufficient, too.
	re *regexp.Regexp
	// required are searches of each of which one finds something in every text that the
	// expression matches. Most entries do not have it, and a search for it costs a
	// twentieth of a run.
	required []anySearch
	// instructions is the size of the program, which is what a run of it costs for each
	// byte at worst.
	instructions Cost
}

var _ predicate = (*regex)(nil)

func (p *regex) match(e *entry.Entry) bool {
	text, possible := p.candidate(e)
	return possible && (p.re == nil || p.re.MatchString(text))
}

// candidate returns the text on which the expression would be run, and whether what is
// required is in it.
func (p *regex) candidate(e *entry.Entry) (text string, possible bool) {
	if text, possible = p.field.text(e); !possible {
		return "", false
	}
	text = beginning(text)
	for i := range p.required {
		if !p.required[i].in(text) {
			return "", false
		}
	}
	return text, true
}

// beginning returns what a regular expression looks at of a text, cut between two
// characters.
func beginning(text string) string {
	if len(text) <= MaxRegexText {
		return text
	}
	end := MaxRegexText
	for i := range utf8.UTFMax {
		if utf8.RuneStart(text[end-i]) {
			return text[:end-i]
		}
	}
	return text[:end]
}

func (p *regex) cost() Cost { return p.field.cost() + costRegex + p.instructions }

// requirements are never exact, since a search of the whole text may find something
// where the expression does not look.
func (p *regex) requirements() []Requirement {
	requirements := make([]Requirement, 0, len(p.required))
	for _, required := range p.required {
		if !slices.Contains(required.texts, "") {
			requirements = append(requirements, p.field.containsOne(required.texts))
		}
	}
	if len(requirements) == 0 {
		requirements = p.field.requires(Exists, "", false)
	}
	return requirements
}

func (p *regex) appendText(b []byte) []byte {
	return appendQuoted(append(p.field.appendName(b), opMatch...), p.source, "")
}

// compileRegex makes the predicate of a regular expression. It is parsed and measured
// before it is compiled: a program of a million instructions is never made.
func compileRegex(f field, v value, b *budget) (*regex, error) {
	source := v.verbatim()
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, regexError(v, source, err)
	}
	size := programSize(tree)
	if err := b.program(size, v.span); err != nil {
		return nil, err
	}
	p := &regex{field: f, source: source, instructions: Cost(size)}
	l := literalsOf(tree)
	if l.finite && !l.conditional {
		p.required = []anySearch{newAnySearch(l.whole)}
		return p, nil
	}
	if p.re, err = regexp.Compile(source); err != nil {
		return nil, regexError(v, source, err)
	}
	sets := l.sets()
	// The longest first: they are the rarest.
	slices.SortStableFunc(sets, func(a, b variants) int { return cmp.Compare(b.shortest(), a.shortest()) })
	for _, set := range sets[:min(len(sets), maxRequired)] {
		p.required = append(p.required, newAnySearch(set))
	}
	return p, nil
}
