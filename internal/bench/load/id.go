package load

import "fmt"

// ID tells an entry from all others of a run.
type ID struct {
	Writer int // 0 to 99
	Number uint64
}

// The text of an ID, with which messages begin: 07:0000012345 and a blank.
const (
	writerDigits = 2
	numberDigits = 10
	textLength   = writerDigits + 1 + numberDigits + 1
)

// String returns the text with which the entry's message begins.
func (id ID) String() string {
	return fmt.Sprintf("%0*d:%0*d ", writerDigits, id.Writer, numberDigits, id.Number)
}

// ParseID returns the ID with which a message begins, and whether it does.
func ParseID(message []byte) (ID, bool) {
	if len(message) < textLength || message[writerDigits] != ':' || message[textLength-1] != ' ' {
		return ID{}, false
	}
	writer, ok := digits(message[:writerDigits])
	number, alsoOK := digits(message[writerDigits+1 : textLength-1])
	return ID{Writer: int(writer), Number: number}, ok && alsoOK //nolint:gosec // G115: two digits.
}

func digits(text []byte) (n uint64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// putDigits writes n over text, with leading zeros.
func putDigits(text []byte, n uint64) {
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = byte('0' + n%10)
		n /= 10
	}
}
