package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Validate returns every mistake in the configuration, joined, each an [*Error]; nil if
// there is none. Nothing is opened or looked up.
func (c Config) Validate() error {
	var errs []error
	for _, f := range fields(&c) {
		if err := f.check(); err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, c.checkAddresses()...)
	errs = append(errs, c.checkAccess()...)
	errs = append(errs, c.checkTogether()...)
	return errors.Join(errs...)
}

// check holds the field against its own tags.
func (f field) check() error {
	switch v := f.value.Interface().(type) {
	case string:
		return f.checkText(v)
	case int:
		return f.checkRange(int64(v), func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	case Size:
		return f.checkRange(int64(v), func(s string) (int64, error) { n, err := ParseSize(s); return int64(n), err })
	case time.Duration:
		return f.checkRange(int64(v), func(s string) (int64, error) { d, err := ParseDuration(s); return int64(d), err })
	case []string:
		if slices.Contains(v, "") {
			return f.mistake("has an empty item: leave it out")
		}
	}
	return nil
}

func (f field) checkText(text string) error {
	oneof := strings.Fields(f.tag.Get("oneof"))
	if len(oneof) > 0 && !slices.Contains(oneof, text) {
		return f.mistake("is not known: write " + strings.Join(oneof, " or "))
	}
	want := f.tag.Get("address")
	if want == "" {
		if text == "" && f.tag.Get("optional") == "" {
			return f.mistake("is empty: give it a value")
		}
		return nil
	}
	if text == "" && strings.HasSuffix(want, "or empty") {
		return nil
	}
	if _, _, err := splitAddress(text); err != nil {
		return f.mistake(err.Error())
	}
	return nil
}

// checkRange holds a number against min, max and zero, which have the form that parse
// reads. Tags that do not parse fail the test of the table, not the user.
func (f field) checkRange(n int64, parse func(string) (int64, error)) error {
	low, high, zero := f.tag.Get("min"), f.tag.Get("max"), f.tag.Get("zero")
	if n == 0 && zero != "" {
		return nil
	}
	least, err := parse(low)
	if err != nil {
		return fmt.Errorf("%s: its least value %q %w", f.key, low, err)
	}
	most, err := parse(high)
	if err != nil {
		return fmt.Errorf("%s: its greatest value %q %w", f.key, high, err)
	}
	if n >= least && n <= most {
		return nil
	}
	want := fmt.Sprintf("is out of range: write %s to %s", low, high)
	if zero != "" {
		want += ", or 0 for " + zero
	}
	return f.mistake(want)
}

func (f field) mistake(want string) error {
	return &Error{f.key, f.shown(f.text()), want}
}

// checkTogether holds keys against each other.
func (c Config) checkTogether() []error {
	var errs []error
	if c.Ingest.DecodedSize < c.Ingest.BodySize {
		errs = append(errs, &Error{
			"ingest.decoded_size", c.Ingest.DecodedSize.String(),
			fmt.Sprintf("is less than ingest.body_size (%s): a request that is not compressed could not use it", c.Ingest.BodySize),
		})
	}
	if c.Ingest.EntrySize > c.Ingest.BodySize {
		errs = append(errs, &Error{
			"ingest.entry_size", c.Ingest.EntrySize.String(),
			fmt.Sprintf("is more than ingest.body_size (%s): such an entry could not be sent", c.Ingest.BodySize),
		})
	}
	return errs
}
