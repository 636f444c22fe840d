package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// Load returns the configuration that is in force: the defaults, overridden by the file
// at path, by those of the variables env ("NAME=value", as os.Environ returns them) that
// begin with LOGSIEVE_, and by the flags that [BindFlags] defined and the user gave. An
// empty path is no file; flags may be nil.
//
// The error joins every mistake in all of them, those that Validate finds included; the
// Config returned with an error is not to be used. Reading the file is all that Load
// waits for.
func Load(path string, env []string, flags *pflag.FlagSet) (Config, error) {
	config := Default()
	table := fields(&config)
	var errs []error
	for _, layer := range []func([]field) []error{
		func(table []field) []error { return applyFile(table, path) },
		func(table []field) []error { return applyEnv(table, env) },
		func(table []field) []error { return applyFlags(table, flags) },
	} {
		errs = append(errs, layer(table)...)
	}
	if err := config.Validate(); err != nil {
		errs = append(errs, err)
	}
	return config, errors.Join(errs...)
}

// applyFile sets what the file sets. A key that is not known is a mistake: it would
// otherwise be a limit that its writer believes in.
func applyFile(table []field, path string) []error {
	if path == "" {
		return nil
	}
	layer := koanf.New(".")
	if err := layer.Load(file.Provider(path), yaml.Parser()); err != nil {
		return []error{fileError(path, err)}
	}
	var errs []error
	all := layer.All()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if err := applyFileKey(table, key, all[key]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errs
}

func applyFileKey(table []field, key string, raw any) error {
	if f, ok := find(table, key); ok {
		if raw == nil && !f.isList() {
			return &Error{Key: key, Want: "has no value: give it one or leave the line out"}
		}
		if err := f.set(raw); err != nil {
			return &Error{key, f.shown(toText(raw)), err.Error()}
		}
		return nil
	}
	if isSection(table, key) {
		if empty, ok := raw.(map[string]any); raw == nil || ok && len(empty) == 0 {
			return nil
		}
		return &Error{key, toText(raw), "is not a section: put its keys below it, indented"}
	}
	return unknown(table, key)
}

func find(table []field, key string) (field, bool) {
	i := slices.IndexFunc(table, func(f field) bool { return f.key == key })
	if i < 0 {
		return field{}, false
	}
	return table[i], true
}

func isSection(table []field, key string) bool {
	return slices.ContainsFunc(table, func(f field) bool { return strings.HasPrefix(f.key, key+".") })
}

func unknown(table []field, key string) error {
	keys := make([]string, len(table))
	for i := range table {
		keys[i] = table[i].key
	}
	return &Error{Key: key, Want: fmt.Sprintf("is not a key of the configuration; the nearest one is %s", nearest(key, keys))}
}

func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no configuration file %s: check the path, or leave it out to use the defaults", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the configuration file %s may not be read by this user (%d)", path, os.Getuid())
	}
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return fmt.Errorf("the configuration file %s cannot be read: %w", path, pathErr.Err)
	}
	return fmt.Errorf("the configuration file %s is not valid YAML: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
}
