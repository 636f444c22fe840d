package asset

import (
	"mime"
	"strconv"
	"strings"
)

// matches reports whether a list of tags has one, in the weak comparison that
// If-None-Match asks for.
func matches(list, tag string) bool {
	for candidate := range strings.SplitSeq(list, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// acceptsGzip reports whether a client takes gzip.
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(strings.TrimSpace(coding))
		if err != nil || name != "gzip" && name != "*" {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0 // no weight: 1
	}
	return false
}
