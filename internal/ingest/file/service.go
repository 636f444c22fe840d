package file

import (
	"path/filepath"
	"strings"
)

// serviceOf returns the name of a file without its ending and without the number or date
// that rotation has added: api for api.log, api.log.1 and api-2026-11-21.log.
func serviceOf(path string) string {
	name := filepath.Base(path)
	for {
		short := withoutDate(withoutEnding(name))
		if short == name {
			return name
		}
		name = short
	}
}

// withoutEnding removes an ending that log files have, or a number.
func withoutEnding(name string) string {
	ending := filepath.Ext(name)
	if ending == name {
		return name
	}
	switch ending {
	case ".log", ".txt", ".json", ".jsonl", ".out", ".err":
		return strings.TrimSuffix(name, ending)
	}
	if strings.Trim(ending, ".0123456789-_") == "" {
		return strings.TrimSuffix(name, ending)
	}
	return name
}

// withoutDate removes digits from the end that are as many as a date has: the 1 of web-1
// is part of its name.
func withoutDate(name string) string {
	short := strings.TrimRight(name, "0123456789-_.")
	if short == "" || len(name)-len(short) < len("-20261121") {
		return name
	}
	return short
}
