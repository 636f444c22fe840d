package config

import "github.com/agext/levenshtein"

// nearest returns the candidate with the smallest distance to name, the first of equals.
func nearest(name string, candidates []string) string {
	best, found := "", -1
	for _, candidate := range candidates {
		if d := levenshtein.Distance(name, candidate, nil); found < 0 || d < found {
			best, found = candidate, d
		}
	}
	return best
}
