package bom

import "strings"

// identify returns the SPDX identifier of a licence by sentences of its text, empty if it is
// none of those that are known here. Of those that contain each other the stricter one comes
// first.
func identify(text string) string {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, l := range []struct {
		id    string
		needs []string
	}{
		// It names those of GNU as what may be chosen in its place.
		{"MPL-2.0", []string{"mozilla public license", "2.0"}},
		{"AGPL-3.0", []string{"gnu affero general public license"}},
		{"LGPL", []string{"gnu lesser general public license"}},
		{"GPL", []string{"gnu general public license"}},
		{"Apache-2.0", []string{"apache license", "version 2.0"}},
		{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
		{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "names of its contributors"}},
		{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
		{"ISC", []string{"permission to use, copy, modify, and/or distribute this software for any purpose"}},
		{"ISC", []string{"permission to use, copy, modify, and distribute this software for any purpose"}},
		{"MIT", []string{"permission is hereby granted, free of charge, to any person obtaining a copy"}},
		{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
		{"CC0-1.0", []string{"cc0 1.0 universal"}},
	} {
		if containsAll(text, l.needs) {
			return l.id
		}
	}
	return ""
}

func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
