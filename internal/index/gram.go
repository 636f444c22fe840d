package index

import (
	"encoding/binary"
	"math/bits"
)

// grams find which of very many texts occur in a text, both folded, in one pass over it.
// Each text is filed under one gram of its own, a few bytes at a fixed place in it. Every
// place of a text that is searched costs one look into a table of small counts, which
// nearly always says no; where it says yes, the texts filed under the gram are compared.
type grams struct {
	literals []literal
	free     []literalID
	byText   map[string]literalID
	// compared counts the comparisons with a literal.
	compared uint64
	// reviewed is the literal that was reviewed last.
	reviewed int
	levels   [len(levelSizes)]level
}

// literalID is the place of a literal. Ids are used again.
type literalID uint32

// literal is a text and the groups that are filed under it.
type literal struct {
	text     string
	postings postings
	// uses are those by postings and by the rests of filters.
	uses uint32
	// seen is the epoch of the last entry that has the text.
	seen uint32
	// at is where the gram begins in the text, level which size it has.
	at    uint16
	level uint8
}

// gramSize is the usual size of a gram, in bytes. Three are shared by many more texts
// and found in many more messages; of eight, a word has few to choose from.
const gramSize = 4

// levelSizes are the sizes of grams: smaller than the usual for texts that are shorter,
// larger for those that lie too close together.
var levelSizes = [...]int{1, 2, 3, gramSize, 8, 16, 32}

// crowded is how many texts are filed under one gram before one that can have a larger
// gram gets it. Only texts made of very few different characters get there.
const crowded = 4

// insert files a group under a text.
func (x *grams) insert(text string, p posting, r *rates) {
	l := &x.literals[x.acquire(text, r)]
	l.postings = l.postings.insert(p)
}

// remove takes a group away from a text.
func (x *grams) remove(text string, p posting) {
	id := x.byText[text]
	l := &x.literals[id]
	l.postings = l.postings.remove(p)
	x.release(id)
}

// acquire returns the id of a text to search for, for one more use.
func (x *grams) acquire(text string, r *rates) literalID {
	id, ok := x.byText[text]
	if !ok {
		id = x.add(text, r)
	}
	x.literals[id].uses++
	return id
}

// release ends one use of a text.
func (x *grams) release(id literalID) {
	l := &x.literals[id]
	if l.uses--; l.uses > 0 {
		return
	}
	x.levels[l.level].remove(windowAt(l.text[l.at:], levelSizes[l.level]), id)
	delete(x.byText, l.text)
	*l = literal{}
	x.free = append(x.free, id)
}

func (x *grams) add(text string, r *rates) literalID {
	id := literalID(len(x.literals)) //nolint:gosec // G115: memory ends first.
	if n := len(x.free); n > 0 {
		id, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.literals = append(x.literals, literal{})
	}
	if x.byText == nil {
		x.byText = make(map[string]literalID)
	}
	x.byText[text] = id
	level, at := x.choose(text, r)
	x.literals[id] = literal{text: text, at: uint16(at), level: uint8(level)} //nolint:gosec // G115: a text has at most a few thousand bytes.
	x.levels[level].insert(windowAt(text[at:], levelSizes[level]), id)
	return id
}

// choose returns the level and the place of the gram to file a text under.
func (x *grams) choose(text string, r *rates) (level, at int) {
	level = min(len(text), gramSize) - 1
	for {
		at, crowd := x.levels[level].choose(text, levelSizes[level], r)
		next := level + 1
		if crowd < crowded || next == len(levelSizes) || levelSizes[next] > len(text) {
			return level, at
		}
		level = next
	}
}

// review looks for some texts whether one of their grams is much rarer by now than the
// one that they are filed under, and files them under that one. It goes on where it
// ended the last time.
func (x *grams) review(n int, r *rates) {
	const usual = gramSize - 1
	for range min(n, len(x.literals)) {
		x.reviewed = (x.reviewed + 1) % len(x.literals)
		id := literalID(x.reviewed) //nolint:gosec // G115: it is one.
		l := &x.literals[id]
		if l.uses == 0 || l.level != usual {
			continue
		}
		level := &x.levels[usual]
		at, _ := level.choose(l.text, gramSize, r)
		if rarity(l.text[l.at:], r)-rarity(l.text[at:], r) < muchRarer {
			continue
		}
		level.remove(windowAt(l.text[l.at:], gramSize), id)
		l.at = uint16(at) //nolint:gosec // G115: a text has at most a few thousand bytes.
		level.insert(windowAt(l.text[at:], gramSize), id)
	}
}

// rarity returns how many digits the count of the gram at the beginning of a text has.
// The counts are estimates: two are equal if they have as many.
func rarity(text string, r *rates) int { return bits.Len(uint(r.gram(text[:gramSize]))) }

// muchRarer is the difference in rarity for which a text moves: four times as rare.
const muchRarer = 2

// find appends the literals that occur in a folded text, each once. The text has padding
// behind it.
func (x *grams) find(found []literalID, text []byte, epoch uint32) []literalID {
	for i := range x.levels {
		switch l := &x.levels[i]; {
		case len(l.buckets) == 0:
		case levelSizes[i] <= wordSize:
			found = x.findSmall(found, l, levelSizes[i], text, epoch)
		default:
			found = x.findLarge(found, l, levelSizes[i], text, epoch)
		}
	}
	return found
}

// findSmall finds the literals of a level whose grams are a part of a word.
func (x *grams) findSmall(found []literalID, l *level, size int, text []byte, epoch uint32) []literalID {
	padded, mask := text[:len(text)+padding], ^uint64(0)>>(8*(wordSize-size))
	for i := range len(text) - size + 1 {
		gram := binary.LittleEndian.Uint64(padded[i:]) & mask
		if l.mayHave(gram) {
			found = x.compare(found, l.buckets[gram], i, text, epoch)
		}
	}
	return found
}

func (x *grams) findLarge(found []literalID, l *level, size int, text []byte, epoch uint32) []literalID {
	for i := range len(text) - size + 1 {
		gram := windowAt(text[i:], size)
		if l.mayHave(gram) {
			found = x.compare(found, l.buckets[gram], i, text, epoch)
		}
	}
	return found
}

// compare appends those of a bucket that are in the text where their gram is at i.
func (x *grams) compare(found, bucket []literalID, i int, text []byte, epoch uint32) []literalID {
	x.compared += uint64(len(bucket))
	for _, id := range bucket {
		l := &x.literals[id]
		begin := i - int(l.at)
		if l.seen == epoch || begin < 0 || len(text)-begin < len(l.text) || string(text[begin:begin+len(l.text)]) != l.text {
			continue
		}
		l.seen = epoch
		found = append(found, id)
	}
	return found
}

func (x *grams) forget() {
	for i := range x.literals {
		x.literals[i].seen = 0
	}
}
