package filter

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// What a regular expression requires of a text is found by walking its tree from the
// leaves up, as code search engines do: a part of it either matches one of a few texts,
// which grow when such parts stand side by side, or anything that has one of a few texts
// in it.

// Bounds of what is kept of an expression. What goes beyond them is not looked for,
// which costs time and never a match.
const (
	// maxVariants is how many texts one part may match and still be taken apart: enough
	// for a list of words, where a run of the expression would cost ten searches.
	maxVariants = 16
	// maxRunes is how many characters a class may have for it to be so many texts.
	maxRunes = 4
	// maxRequired is how many things an expression requires at most. Each costs a search
	// before a run.
	maxRequired = 4
	// worthSearching is the least length of a text, in bytes, for a search to be likely
	// to spare a run.
	worthSearching = 2
)

// variants are a few texts of which a part of an expression matches one.
type variants struct {
	texts []string
	// fold means that they are matched in any case; then they are folded.
	fold bool
}

// emptyText is the only text that an empty expression matches.
func emptyText() variants { return variants{texts: []string{""}} }

// literals is what is known about what an expression, or a part of it, matches.
type literals struct {
	// whole is set if finite: the part matches these texts and no other.
	whole  variants
	finite bool
	// conditional means that it does not match them everywhere: there is a \b, a ^ or
	// the like.
	conditional bool
	// required is set if not finite: of each, one text occurs in what the part matches.
	required []variants
}

// literalsOf walks the tree of an expression.
func literalsOf(re *syntax.Regexp) literals {
	switch re.Op {
	case syntax.OpLiteral:
		return literalText(re)
	case syntax.OpCharClass:
		return literalClass(re)
	case syntax.OpEmptyMatch:
		return literals{whole: emptyText(), finite: true}
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return literals{whole: emptyText(), finite: true, conditional: true}
	case syntax.OpCapture:
		return literalsOf(re.Sub[0])
	case syntax.OpQuest:
		l := literalsOf(re.Sub[0])
		return alternatives([]literals{l, {whole: emptyText(), finite: true}})
	case syntax.OpPlus:
		return literals{required: literalsOf(re.Sub[0]).sets()}
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literals{required: literalsOf(re.Sub[0]).sets()}
		}
	case syntax.OpConcat:
		return sequence(re.Sub)
	case syntax.OpAlternate:
		parts := make([]literals, len(re.Sub))
		for i, sub := range re.Sub {
			parts[i] = literalsOf(sub)
		}
		return alternatives(parts)
	case syntax.OpNoMatch, syntax.OpAnyCharNotNL, syntax.OpAnyChar, syntax.OpStar:
	}
	return literals{}
}

func literalText(re *syntax.Regexp) literals {
	if slices.Contains(re.Rune, utf8.RuneError) { // which is also found in invalid UTF-8
		return literals{}
	}
	v := variants{texts: []string{string(re.Rune)}}
	if re.Flags&syntax.FoldCase != 0 {
		v = variants{texts: []string{foldString(v.texts[0])}, fold: true}
	}
	return literals{whole: v, finite: true}
}

func literalClass(re *syntax.Regexp) literals {
	var texts []string
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if len(texts) == maxRunes || r == utf8.RuneError {
				return literals{}
			}
			texts = append(texts, string(r))
		}
	}
	return literals{whole: variants{texts: texts}, finite: len(texts) > 0}
}

// sequence returns what is known of parts side by side.
func sequence(parts []*syntax.Regexp) literals {
	l := literals{whole: emptyText(), finite: true}
	for _, part := range parts {
		next := literalsOf(part)
		l.conditional = l.conditional || next.conditional
		if next.finite {
			if joined, ok := l.whole.followedBy(next.whole); ok {
				l.whole = joined
				continue
			}
		}
		// Nothing grows over this border.
		l.finite = false
		l.required = append(append(l.required, l.whole.worthy()...), next.required...)
		if l.whole = emptyText(); next.finite {
			l.whole = next.whole
		}
	}
	if !l.finite {
		l.required = append(l.required, l.whole.worthy()...)
	}
	return l
}

// alternatives returns what is known where one of the parts matches.
func alternatives(parts []literals) literals {
	union := literals{finite: true}
	for _, part := range parts {
		union.conditional = union.conditional || part.conditional
		if union.finite = union.finite && part.finite; !union.finite {
			break
		}
		union.whole, union.finite = union.whole.or(part.whole)
		if !union.finite {
			break
		}
	}
	if union.finite {
		return union
	}
	var one variants
	for _, part := range parts {
		best, ok := part.best()
		if ok {
			one, ok = one.or(best)
		}
		if !ok {
			return literals{}
		}
	}
	return literals{required: []variants{one}}
}

// sets returns what the part requires, whether it is finite or not.
func (l literals) sets() []variants {
	if l.finite {
		return l.whole.worthy()
	}
	return l.required
}

// best returns the one of the sets that is likely to be the rarest.
func (l literals) best() (variants, bool) {
	sets := l.sets()
	if len(sets) == 0 {
		return variants{}, false
	}
	return slices.MaxFunc(sets, func(a, b variants) int { return a.shortest() - b.shortest() }), true
}

// followedBy returns every text of v followed by every one of w, unless these are too
// many, or case counts in one of them alone.
func (v variants) followedBy(w variants) (variants, bool) {
	if len(v.texts)*len(w.texts) > maxVariants {
		return variants{}, false
	}
	v, w, ok := alike(v, w)
	joined := variants{fold: v.fold}
	for _, head := range v.texts {
		for _, tail := range w.texts {
			joined.texts = append(joined.texts, head+tail)
		}
	}
	return joined, ok
}

// or returns the texts of both, unless these are too many, or case counts in one of them
// alone.
func (v variants) or(w variants) (variants, bool) {
	if len(v.texts)+len(w.texts) > maxVariants {
		return variants{}, false
	}
	v, w, ok := alike(v, w)
	return variants{texts: slices.Concat(v.texts, w.texts), fold: v.fold}, ok
}

// alike returns both so that case counts in both or in none, if that can be: because
// one of them has nothing with cases in it.
func alike(v, w variants) (_, _ variants, ok bool) {
	if v.fold == w.fold {
		return v, w, true
	}
	if v.hasCases() && w.hasCases() {
		return v, w, false
	}
	fold := v.fold && v.hasCases() || w.fold && w.hasCases()
	v.fold, w.fold = fold, fold
	return v, w, true
}

func (v variants) hasCases() bool {
	return slices.ContainsFunc(v.texts, func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return hasCases(foldRune(r)) })
	})
}

// worthy returns the variants if a search for them is likely to spare a run.
func (v variants) worthy() []variants {
	if v.shortest() < worthSearching {
		return nil
	}
	return []variants{v}
}

func (v variants) shortest() int {
	if len(v.texts) == 0 {
		return 0
	}
	return len(slices.MinFunc(v.texts, func(a, b string) int { return len(a) - len(b) }))
}
