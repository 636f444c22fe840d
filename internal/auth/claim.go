package auth

import (
	"slices"
	"strings"
)

// maxName bounds the name of a principal, in bytes: OpenID Connect allows sub 255.
const maxName = 255

// nameOf returns the claim that names who a token is for, empty if it cannot be used: it
// goes into logs, and is the key of limits.
func nameOf(claims map[string]any, claim string) string {
	value, _ := findClaim(claims, claim)
	name, _ := value.(string)
	if len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return name
}

// hasClaim tells whether a claim is a value, or has it among others: in a list, or in the
// scope, which is a text with spaces.
func hasClaim(claims map[string]any, claim, value string) bool {
	found, ok := findClaim(claims, claim)
	if !ok {
		return false
	}
	switch v := found.(type) {
	case string:
		return v == value || claim == "scope" && slices.Contains(strings.Fields(v), value)
	case bool:
		return v && value == "true"
	case []any:
		return slices.Contains(v, any(value))
	default:
		return false
	}
}

// findClaim finds a claim by its name, or within others by a name with dots: issuers have
// both https://example.org/roles and realm_access.roles.
func findClaim(claims map[string]any, name string) (any, bool) {
	if value, ok := claims[name]; ok {
		return value, true
	}
	outer, inner, ok := strings.Cut(name, ".")
	if !ok {
		return nil, false
	}
	within, ok := claims[outer].(map[string]any)
	if !ok {
		return nil, false
	}
	return findClaim(within, inner)
}
