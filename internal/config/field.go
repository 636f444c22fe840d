package config

import (
	"reflect"
	"strings"
	"time"
)

// field is one key: where its value is in a Config, and its tags.
type field struct {
	// key is the whole name, as in store.max_age.
	key string
	tag reflect.StructTag
	// value is addressable: setting it changes the Config that it was made from.
	value reflect.Value
}

// fields returns the keys of a configuration in the order of the struct. config is a
// pointer to a struct whose fields are sections or values.
func fields(config any) []field {
	return appendFields(nil, "", reflect.ValueOf(config).Elem())
}

func appendFields(all []field, section string, v reflect.Value) []field {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		key := section + tag.Get("key")
		if v.Field(i).Kind() == reflect.Struct {
			all = appendFields(all, key+".", v.Field(i))
			continue
		}
		all = append(all, field{key, tag, v.Field(i)})
	}
	return all
}

// env is the name of the environment variable of the key.
func (f field) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(f.key, ".", "_"))
}

// flag is the name of the flag of the key, empty if there is none.
func (f field) flag() string {
	name := f.tag.Get("flag")
	if name == "*" {
		return strings.NewReplacer(".", "-", "_", "-").Replace(f.key)
	}
	return name
}

// isList tells whether the value is a list of texts.
func (f field) isList() bool { return f.value.Kind() == reflect.Slice }

// text returns the value as a person would write it; a list has commas.
func (f field) text() string {
	switch v := f.value.Interface().(type) {
	case time.Duration:
		return FormatDuration(v)
	case []string:
		return strings.Join(v, ",")
	default:
		return toText(v)
	}
}
