// Package bom says what the binary is made of: every Go module that is linked into it, every
// npm package that its web page is built from, and under which licence each of them is.
//
// What a licence is, is read from its text, and not guessed: a text that is not known has no
// name, which the test of this package does not let pass.
package bom

import (
	"cmp"
	"slices"
)

// Component is something that others have made.
type Component struct {
	// Name is that of the module or package, Version the one in use.
	Name, Version string
	// PURL is its package URL.
	PURL string
	// Licence is the SPDX identifier of its licence, empty if that is not known.
	Licence string
}

// All returns the components of the program whose module is at root, in the order of their
// package URLs. It runs go list.
func All(root string) ([]Component, error) {
	modules, err := goModules(root)
	if err != nil {
		return nil, err
	}
	packages, err := npmPackages(root)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(modules, packages)
	slices.SortFunc(all, func(a, b Component) int { return cmp.Compare(a.PURL, b.PURL) })
	return all, nil
}
