package config

// Key is one thing that can be set, as people write it.
type Key struct {
	// Name is the key in a file, with its section: store.max_age. Env is its environment
	// variable, Flag its flag with the dashes, empty if it has none.
	Name, Env, Flag string
	// Default is the value that holds where nothing is set; a list has commas.
	Default string
}

// Keys returns everything that can be set, in the order of [Config].
func Keys() []Key {
	defaults := Default()
	table := fields(&defaults)
	keys := make([]Key, len(table))
	for i, f := range table {
		keys[i] = Key{Name: f.key, Env: f.env(), Default: f.text()}
		if name := f.flag(); name != "" {
			keys[i].Flag = "--" + name
		}
	}
	return keys
}
