package filter

import (
	"regexp"
	"regexp/syntax"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// regex is a predicate: a regular expression (RE2 syntax) matches somewhere in the
// field's text.
type regex struct {
	field  field
	source string
	re     *regexp.Regexp
	// required occurs in every text that re matches; nil if nothing is known to. Most
	// entries do not have it, and a search for it costs a twentieth of a run of re.
	required *search
	// instructions is the size of the program, which is what a run of it costs for each
	// byte at worst.
	instructions Cost
}

var _ predicate = (*regex)(nil)

func (p *regex) match(e *entry.Entry) bool {
	text, ok := p.field.text(e)
	return ok && (p.required == nil || p.required.in(text)) && p.re.MatchString(text)
}

func (p *regex) cost() Cost { return p.field.cost() + costRegex + p.instructions }

func (p *regex) appendText(b []byte) []byte {
	return appendQuoted(append(p.field.appendName(b), opMatch...), p.source, "")
}

// compileRegex makes the predicate of a regular expression. It is parsed and measured
// before it is compiled: a program of a million instructions is never made.
func compileRegex(f field, v value) (predicate, error) {
	source := v.verbatim()
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, regexError(v, source, err)
	}
	size := programSize(tree)
	if size > MaxRegexInstructions {
		return nil, v.fail("repeat less: x{1000} is a thousand copies of x", "the regular expression is too large, its program would exceed %d instructions", MaxRegexInstructions)
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, regexError(v, source, err)
	}
	return &regex{f, source, re, requiredText(tree), Cost(size)}, nil
}
