package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/knadh/koanf/providers/env/v2"
)

const envPrefix = "LOGSIEVE_"

// typoDistance is how near to a known variable an unknown one must be to be refused as
// a misspelling. Others are left alone: LOGSIEVE_SERVER belongs to the client commands,
// and Kubernetes gives every container LOGSIEVE_PORT and LOGSIEVE_SERVICE_HOST when a
// service has our name.
const typoDistance = 2

// applyEnv sets what variables set. A list's items are separated by commas.
func applyEnv(table []field, environ []string) []error {
	byName := make(map[string]field, len(table))
	for _, f := range table {
		byName[f.env()] = f
	}
	var errs []error
	// The names are matched whole and not split, so the provider only finds the
	// variables: with "" as its delimiter and no key returned, it nests nothing.
	provider := env.Provider("", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return slices.Sorted(slices.Values(environ)) },
		TransformFunc: func(name, text string) (string, any) {
			if err := applyVariable(byName, name, text); err != nil {
				errs = append(errs, err)
			}
			return "", nil
		},
	})
	if _, err := provider.Read(); err != nil {
		errs = append(errs, fmt.Errorf("the environment cannot be read: %w", err))
	}
	return errs
}

func applyVariable(byName map[string]field, name, text string) error {
	f, ok := byName[name]
	if !ok {
		return misspelt(byName, name)
	}
	var raw any = text
	if f.isList() {
		raw = splitList(text)
	}
	if err := f.set(raw); err != nil {
		return &Error{name, f.shown(text), err.Error()}
	}
	return nil
}

func misspelt(byName map[string]field, name string) error {
	names := make([]string, 0, len(byName))
	for known := range byName {
		names = append(names, known)
	}
	near := nearest(name, slices.Sorted(slices.Values(names)))
	if levenshtein.Distance(name, near, nil) > typoDistance {
		return nil
	}
	return &Error{Key: name, Want: "is not a variable of the configuration; the nearest one is " + near}
}

func splitList(text string) []string {
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}
