package bom

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var root = filepath.Join("..", "..")

// allowed are the licences under which others' work may be in the binary: none asks that
// the whole be under it.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "CC0-1.0", "Unlicense"}

func TestLicences(t *testing.T) {
	components, err := All(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range components {
		if !slices.Contains(allowed, c.Licence) {
			t.Errorf("%s is under %q, want one of %s", c.PURL, c.Licence, strings.Join(allowed, ", "))
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "licences.md"))
	if err != nil || string(page) != Licences(components) {
		t.Errorf("docs/licences.md is stale: run make licences (%v)", err)
	}
	for _, name := range []string{"std", "google.golang.org/grpc", "svelte"} {
		if !slices.ContainsFunc(components, func(c Component) bool { return c.Name == name }) {
			t.Errorf("%s is not listed", name)
		}
	}
}

func TestCycloneDX(t *testing.T) {
	text, err := CycloneDX("v1.2.3", []Component{{Name: "example.org/a", Version: "v1.0.0", PURL: "pkg:golang/example.org/a@v1.0.0", Licence: "MIT"}})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Component struct{ Name, Version string }
		}
		Components []struct {
			Type, Name, Version, PURL string
			Licenses                  []struct{ License struct{ ID string } }
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	c := got.Components[0]
	if got.BOMFormat != "CycloneDX" || got.SpecVersion != "1.6" || got.Metadata.Component.Version != "v1.2.3" ||
		c.Type != "library" || c.PURL != "pkg:golang/example.org/a@v1.0.0" || c.Licenses[0].License.ID != "MIT" {
		t.Errorf("got %s", text)
	}
}

func TestIdentify(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted,\n free of charge, to any person obtaining a copy": "MIT",
		"GNU GENERAL PUBLIC LICENSE Version 3":                                           "GPL",
		"GNU Lesser General Public License":                                              "LGPL",
		"Redistribution and use in source and binary forms … Neither the name of":        "BSD-3-Clause",
		"Redistribution and use in source and binary forms":                              "BSD-2-Clause",
		"all rights reserved": "",
	} {
		if got := identify(text); got != want {
			t.Errorf("identify(%q) = %q, want %q", text, got, want)
		}
	}
}
