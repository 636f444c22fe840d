package line

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// countDigits returns how many digits text begins with.
func countDigits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// number reads at most width digits.
func number(text string, width int) (n, digits int) {
	for digits < len(text) && digits < width && isDigit(text[digits]) {
		n = n*10 + int(text[digits]-'0')
		digits++
	}
	return n, digits
}

// isAllUpper says whether text has no lower-case letter.
func isAllUpper(text string) bool {
	for i := range len(text) {
		if isLower(text[i]) {
			return false
		}
	}
	return true
}
