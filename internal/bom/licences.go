package bom

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Licences returns a page of Markdown that lists the components by their licence. Versions
// are not on it, so that it changes only with what is used.
func Licences(components []Component) string {
	byLicence := map[string][]string{}
	for _, c := range components {
		byLicence[c.Licence] = append(byLicence[c.Licence], c.Name)
	}
	var b strings.Builder
	b.WriteString("# Licences\n\nlogsieve itself is under the [Apache License 2.0](../LICENSE). What is linked into the binary, and what its\n" +
		"web page is built from, by licence; `make licences` writes this page, `make sbom` the list with versions.\n\n" +
		"| licence | of these |\n|---|---|\n")
	for _, id := range slices.SortedFunc(maps.Keys(byLicence), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(byLicence[b]), len(byLicence[a])), cmp.Compare(a, b))
	}) {
		names := byLicence[id]
		slices.Sort(names)
		fmt.Fprintf(&b, "| %s | %s |\n", id, strings.Join(names, ", "))
	}
	return b.String()
}
