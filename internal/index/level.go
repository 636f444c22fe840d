package index

import (
	"cmp"
	"math/bits"
)

const (
	// wordSize is how many bytes are read at once.
	wordSize = 8
	// padding is how many bytes of any kind must follow a text that is searched, so that a
	// word can be read at its last place.
	padding = wordSize - 1
)

// level is the grams of one size.
type level struct {
	// present says by hash whether there are grams, a bit each; counts says how many, so
	// that a bit can be taken back, and shift makes a hash a place in both. One gram for 8
	// to 32 bits lets one place of a text in 20 be looked at for nothing; and bits, where
	// the counts would do, leave 100,000 grams in the processor's cache.
	present []uint64
	counts  []uint8
	shift   uint8
	// buckets are the literals by gram.
	buckets map[uint64][]literalID
}

const (
	fewestCounts   = 1024
	countsPerGram  = 8
	growth         = 4
	saturatedCount = 255
)

// choose returns the place of the rarest gram of a text, of equally rare ones that with
// the fewest literals, and how many these are.
func (l *level) choose(text string, size int, r *rates) (at, crowd int) {
	rarest := 0
	for i := 0; i+size <= len(text); i++ {
		others := len(l.buckets[windowAt(text[i:], size)])
		rare := 0
		if size >= gramSize {
			rare = rarity(text[i:], r)
		}
		if i == 0 || cmp.Or(rare-rarest, others-crowd) < 0 {
			at, crowd, rarest = i, others, rare
		}
	}
	return at, crowd
}

func (l *level) insert(gram uint64, id literalID) {
	bucket, ok := l.buckets[gram]
	if l.buckets == nil {
		l.buckets = make(map[uint64][]literalID)
	}
	l.buckets[gram] = append(bucket, id)
	if ok {
		return
	}
	if len(l.buckets)*countsPerGram > len(l.counts) {
		l.grow()
	} else {
		l.count(gram)
	}
}

func (l *level) remove(gram uint64, id literalID) {
	bucket := l.buckets[gram]
	for i, other := range bucket {
		if other == id {
			bucket = swapOut(bucket, i)
			break
		}
	}
	if len(bucket) > 0 {
		l.buckets[gram] = bucket
		return
	}
	delete(l.buckets, gram)
	// One that is saturated may stand for more than it can say, and stays.
	at := gram * multiplier >> l.shift
	if c := &l.counts[at]; *c < saturatedCount {
		if *c--; *c == 0 {
			l.present[at/64] &^= 1 << (at % 64)
		}
	}
}

func (l *level) count(gram uint64) {
	at := gram * multiplier >> l.shift
	l.present[at/64] |= 1 << (at % 64)
	if c := &l.counts[at]; *c < saturatedCount {
		*c++
	}
}

// mayHave tells whether there may be a gram.
func (l *level) mayHave(gram uint64) bool {
	at := gram * multiplier >> l.shift
	return l.present[at/64]>>(at%64)&1 != 0
}

// grow makes more counts. 10,000 grams take 0.2 ms, once.
func (l *level) grow() {
	size := max(fewestCounts, growth*len(l.counts))
	l.counts, l.present = make([]uint8, size), make([]uint64, size/64)
	l.shift = uint8(64 - bits.TrailingZeros(uint(size))) //nolint:gosec // G115: at most 64.
	for gram := range l.buckets {
		l.count(gram)
	}
}

// gramAt returns the gram of the usual size at the beginning of a text.
func gramAt[T string | []byte](text T) uint32 {
	_ = text[gramSize-1]
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
}

// windowAt returns the gram of this size at the beginning of a text: its bytes, or a
// hash of them if they are more than a word.
func windowAt[T string | []byte](text T, size int) uint64 {
	if size <= wordSize {
		return bytesAt(text, size)
	}
	var window uint64
	for i := 0; i < size; i += wordSize {
		window = mix(window ^ bytesAt(text[i:], wordSize))
	}
	return window
}

func bytesAt[T string | []byte](text T, size int) (b uint64) {
	for i := size - 1; i >= 0; i-- {
		b = b<<8 | uint64(text[i])
	}
	return b
}
