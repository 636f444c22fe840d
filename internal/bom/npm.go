package bom

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// lock is what is needed of a package-lock.json: the packages by where they are installed.
type lock struct {
	Packages map[string]struct {
		Version      string            `json:"version"`
		License      string            `json:"license"`
		Dependencies map[string]string `json:"dependencies"`
	} `json:"packages"`
}

// inPage tells which packages web/ asks for by itself that end up in the page. The others
// build and test it.
func inPage(name string) bool {
	return name == "svelte" || name == "uplot" || strings.HasPrefix(name, "@codemirror/") || strings.HasPrefix(name, "@lezer/")
}

// npmPackages returns the packages that the web page is built from, and what these need.
// Svelte is a compiler: of what it needs, only a part is in the page.
func npmPackages(root string) ([]Component, error) {
	text, err := os.ReadFile(filepath.Join(root, "web", "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var l lock
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("web/package-lock.json: %w", err)
	}
	const installed = "node_modules/"
	var wanted []string
	for path := range l.Packages {
		if name := strings.TrimPrefix(path, installed); name != path && inPage(name) {
			wanted = append(wanted, name)
		}
	}
	slices.Sort(wanted)
	var all []Component
	seen := map[string]bool{}
	for len(wanted) > 0 {
		name := wanted[0]
		wanted = wanted[1:]
		p, ok := l.Packages[installed+name]
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		all = append(all, Component{
			Name: name, Version: p.Version, Licence: p.License,
			PURL: "pkg:npm/" + strings.Replace(name, "@", "%40", 1) + "@" + p.Version,
		})
		for needed := range p.Dependencies {
			wanted = append(wanted, needed)
		}
	}
	return all, nil
}
