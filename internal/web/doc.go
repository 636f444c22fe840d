// Package web is the user interface, embedded. Its sources are in the folder web at the
// top; what they build is committed in dist, so that go build needs no Node, and a check
// (npm run check:fresh) builds it anew and compares.
//
// The handler serves the page at / and its parts under /assets/, whose names carry a hash
// of their content and which browsers therefore keep for good. It serves nothing else, and
// it never looks at a disk. Everything that it answers with says what the page may do: run
// its own scripts, use its own styles and images, and talk to the server that it came
// from. It is safe for concurrent use and starts nothing.
package web
