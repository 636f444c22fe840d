package filter

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestNumber(t *testing.T) {
	e := &entry.Entry{Attributes: attributes("n", "42", "neg", "-7", "f", "2.5e3", "z", "007", "text", "9a", "nan", "NaN", "inf", "Inf", "hex", "0x10", "under", "1_000", "empty", "", "space", " 5", "huge", "1e999")}
	checkSelects(t, e, []selectCase{
		{"attributes.n<100", true}, // by value: as texts "42" is not less than "100"
		{"attributes.n<42", false},
		{"attributes.n<=42", true},
		{"attributes.n>=42.0", true},
		{"attributes.n>41.5", true},
		{"attributes.n>1e2", false},
		{`attributes.n>"9"`, true},
		{"attributes.neg<-6", true},
		{"attributes.neg>-6", false},
		{"attributes.f>=2500", true},
		{"attributes.z>6", true},
		{"attributes.z<=7", true},
		{"attributes.n>(100 OR 10)", true},
	})
	for _, key := range []string{"text", "nan", "inf", "hex", "under", "empty", "space", "huge", "missing"} {
		for _, op := range []string{"<", "<=", ">", ">="} {
			checkSelects(t, e, []selectCase{{"attributes." + key + op + "1", false}})
		}
	}
}

func TestDecimalIsWhatItSays(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1": true, "+1": true, "1.5": true, "1.": true, ".5": true, "1e3": true, "1E-3": true, "1.e+3": true,
		"": false, "-": false, ".": false, "e3": false, "1e": false, "1e+": false, "1.5.5": false, "1,5": false, "0x1": false,
		"0b1": false, "1_0": false, "Inf": false, "+Inf": false, "infinity": false, "nan": false, "0x1p-2": false, "٣": false,
	} {
		if got := isDecimal(text); got != want {
			t.Errorf("isDecimal(%q) = %v, want %v", text, got, want)
		}
	}
}

// Whatever isDecimal lets through must be a number to strconv too, or too large for it.
func TestDecimalIsANumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?[0-9]{0,3}(\.[0-9]{0,3})?([eE][+-]?[0-9]{0,2})?`).Draw(t, "text")
		_, err := strconv.ParseFloat(text, 64)
		if isDecimal(text) != (err == nil) {
			t.Fatalf("isDecimal(%q) = %v, strconv says %v", text, isDecimal(text), err)
		}
	})
}

// The order of numbers is that of their places, and neighbours have neighbouring places:
// above a number begins at the next place.
func TestNumberKeepsTheOrder(t *testing.T) {
	numbers := []float64{-math.MaxFloat64, -2.5e3, -1, -math.SmallestNonzeroFloat64, 0, math.SmallestNonzeroFloat64, 0.5, 1, 1e9, math.MaxFloat64}
	for i, a := range numbers {
		if next := math.Nextafter(a, math.Inf(1)); order(next) != order(a)+1 && a != -math.SmallestNonzeroFloat64 {
			t.Errorf("%v is at %d, and the next number at %d", a, order(a), order(next))
		}
		for _, b := range numbers[i+1:] {
			if order(a) >= order(b) {
				t.Errorf("%v is at %d, and %v at %d", a, order(a), b, order(b))
			}
		}
	}
	zero, _ := Number("-0")
	if place, ok := Number("0"); !ok || place != zero {
		t.Errorf("0 is at %d, and -0 at %d", place, zero)
	}
	for _, text := range []string{"", "x", "0x1", "NaN", "Inf", "1_000"} {
		if place, ok := Number(text); ok {
			t.Errorf("%q is a number, at %d", text, place)
		}
	}
}
