package config

// nearest returns the candidate with the smallest distance to name, the first of equals.
func nearest(name string, candidates []string) string {
	best, found := "", -1
	for _, candidate := range candidates {
		if d := distance(name, candidate); found < 0 || d < found {
			best, found = candidate, d
		}
	}
	return best
}

// distance is how many bytes must be inserted, deleted or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
