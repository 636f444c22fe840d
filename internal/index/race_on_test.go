//go:build race

package index_test

// underRace tells whether the race detector is on: it slows tests down tenfold, and
// makes sync.Pool, which regexp uses, forget at random.
const underRace = true
