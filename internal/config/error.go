package config

import "fmt"

// Error is one mistake in the configuration.
type Error struct {
	// Key is the key, variable or flag with the mistake.
	Key string
	// Value is what it was given; empty where that is not the point. A secret's value is
	// left out.
	Value string
	// Want completes a sentence that begins with Key and Value: what is wrong, and what
	// would be right.
	Want string
}

// Error returns the mistake as a sentence.
func (e *Error) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s %s", e.Key, e.Want)
	}
	return fmt.Sprintf("%s: %q %s", e.Key, e.Value, e.Want)
}
