package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/knadh/koanf/providers/posflag"
	"github.com/spf13/pflag"
)

// BindFlags defines a flag for every key that people set on a command line. Give the set
// to [Load] once it is parsed. A value of the wrong form is refused while parsing.
func BindFlags(flags *pflag.FlagSet) {
	defaults := Default()
	for _, f := range fields(&defaults) {
		name := f.flag()
		if name == "" {
			continue
		}
		usage := f.tag.Get("usage")
		if oneof := f.tag.Get("oneof"); oneof != "" {
			usage += " (" + strings.ReplaceAll(oneof, " ", ", ") + ")"
		}
		flag := flags.VarPF(&flagValue{field: f}, name, "", usage)
		if _, ok := reflect.TypeAssert[bool](f.value); ok {
			flag.NoOptDefVal = "true"
		}
	}
}

// applyFlags sets what the user gave. Flags that BindFlags did not define are others'.
func applyFlags(table []field, flags *pflag.FlagSet) []error {
	if flags == nil {
		return nil
	}
	// Without an instance of koanf the provider leaves out the flags that were not
	// given: a flag's default must not hide the file and the environment.
	provider := posflag.ProviderWithFlag(flags, "", nil, func(flag *pflag.Flag) (string, any) {
		value, ok := flag.Value.(*flagValue)
		if !ok || !flag.Changed {
			return "", nil
		}
		// Its form was checked when it was parsed.
		if f, ok := find(table, value.field.key); ok {
			f.value.Set(value.field.value)
		}
		return "", nil
	})
	if _, err := provider.Read(); err != nil {
		return []error{fmt.Errorf("the flags cannot be read: %w", err)}
	}
	return nil
}

// flagValue is the value of one key as a flag. It writes to a Config of its own, which
// holds the defaults: the flag's value is copied over file and environment later.
type flagValue struct {
	field field
	// given is whether Set has replaced the default of a list.
	given bool
}

var _ pflag.Value = (*flagValue)(nil)

func (v *flagValue) String() string {
	// pflag makes a zero value of the type to find out what is an empty default.
	if !v.field.value.IsValid() {
		return ""
	}
	return v.field.text()
}

func (v *flagValue) Set(text string) error {
	if !v.field.isList() {
		return v.field.set(text)
	}
	var before []string
	if v.given {
		before, _ = reflect.TypeAssert[[]string](v.field.value)
	}
	v.given = true
	// Not split at commas: {a,b} is part of a glob pattern, and the flag can be repeated.
	return v.field.set(append(before, text))
}

func (v *flagValue) Type() string {
	switch v.field.value.Interface().(type) {
	case bool:
		return "bool"
	case int:
		return "int"
	case Size:
		return "size"
	case time.Duration:
		return "duration"
	case []string:
		return "pattern"
	default:
		return "string"
	}
}
