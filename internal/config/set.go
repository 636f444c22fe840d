package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// set gives the field a value as a file has it (a text, a number, true, a list) or as
// the environment and flags have it (a text, a list of texts). Its error says what
// would be right, to be read behind the value.
func (f field) set(raw any) error {
	switch target := f.value.Addr().Interface().(type) {
	case *string:
		return assign(target, raw, parseString)
	case *bool:
		return assign(target, raw, parseBool)
	case *int:
		return assign(target, raw, parseInt)
	case *Size:
		return assign(target, raw, parseSize)
	case *time.Duration:
		return assign(target, raw, parseDuration)
	case *[]string:
		return assign(target, raw, parseList)
	default:
		return fmt.Errorf("has a type that cannot be configured: %s", f.value.Type())
	}
}

func assign[T any](target *T, raw any, parse func(any) (T, error)) error {
	value, err := parse(raw)
	if err == nil {
		*target = value
	}
	return err
}

func parseString(raw any) (string, error) {
	if s, ok := raw.(string); ok {
		return s, nil
	}
	return "", errors.New("is not a text: put it in quotes")
}

func parseBool(raw any) (bool, error) {
	switch v := raw.(type) {
	case bool:
		return v, nil
	case string:
		if b, err := strconv.ParseBool(v); err == nil {
			return b, nil
		}
	}
	return false, errors.New("is neither true nor false")
}

func parseInt(raw any) (int, error) {
	switch v := raw.(type) {
	case int:
		return v, nil
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n, nil
		}
	}
	return 0, errors.New("is not a whole number")
}

func parseSize(raw any) (Size, error) {
	switch v := raw.(type) {
	case int, float64:
		return ParseSize(toText(v))
	case string:
		return ParseSize(v)
	}
	return 0, errSize
}

func parseDuration(raw any) (time.Duration, error) {
	switch v := raw.(type) {
	case int:
		// A bare number is refused but for 0: seconds and milliseconds are both guessed.
		if v == 0 {
			return 0, nil
		}
	case string:
		return ParseDuration(v)
	}
	return 0, errDuration
}

func parseList(raw any) ([]string, error) {
	switch v := raw.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []string:
		return v, nil
	case []any:
		if len(v) == 0 {
			return nil, nil // "[]" is how a file shows that there are none
		}
		list := make([]string, len(v))
		for i := range v {
			s, ok := v[i].(string)
			if !ok {
				return nil, fmt.Errorf("has an item that is not a text: %v", v[i])
			}
			list[i] = s
		}
		return list, nil
	}
	return nil, errors.New("is not a list of texts")
}

// toText prints a value that came from a file, a variable or a flag.
func toText(raw any) string {
	if v := reflect.ValueOf(raw); v.IsValid() && v.Kind() == reflect.Float64 {
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return fmt.Sprint(raw)
}
