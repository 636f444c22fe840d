package config

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}

// Every number has a range that parses, so that checkRange cannot fail for its tags.
func TestTagsAreSound(t *testing.T) {
	config := Default()
	for _, f := range fields(&config) {
		if f.key == "" || strings.HasSuffix(f.key, ".") || strings.ToLower(f.key) != f.key {
			t.Errorf("%q is not a good key", f.key)
		}
		switch f.value.Interface().(type) {
		case string, bool, []string:
			continue
		}
		for _, tag := range []string{"min", "max"} {
			if err := f.set(f.tag.Get(tag)); err != nil {
				t.Errorf("%s: tag %s: %q %v", f.key, tag, f.tag.Get(tag), err)
			} else if err := f.check(); err != nil {
				t.Errorf("%s: the %s of its range is refused: %v", f.key, tag, err)
			}
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	config := Default()
	seen := map[string]string{}
	for _, f := range fields(&config) {
		for _, name := range []string{f.env(), "--" + f.flag()} {
			if other, ok := seen[name]; ok && name != "--" {
				t.Errorf("%s and %s are both called %s", other, f.key, name)
			}
			seen[name] = f.key
		}
	}
}

func TestFlagsHaveUsage(t *testing.T) {
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	BindFlags(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Usage == "" {
			t.Errorf("--%s has no usage", f.Name)
		}
	})
	for name, want := range map[string]string{
		"store-max-age": "7d", "store-max-size": "10GiB", "http-address": "127.0.0.1:8080", "stdin": "false",
	} {
		if f := flags.Lookup(name); f == nil || f.DefValue != want {
			t.Errorf("--%s: %+v, want the default %q", name, f, want)
		}
	}
}
