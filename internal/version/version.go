// Package version tells which build this is.
package version

import (
	"runtime/debug"
	"sync"
)

// release is set by the linker: go build -ldflags "-X …/internal/version.release=v1.2.3".
var release string

// unknown is the version of a build that nothing was told about, such as a test.
const unknown = "devel"

// String returns the version: what the linker was told, or else what go install knows of
// the module, or else "devel". Never empty; safe for concurrent use.
func String() string {
	if release != "" {
		return release
	}
	if v := build().Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return unknown
}

// Revision returns the commit that was built, with "+dirty" where it had changes. Empty
// if the build was not told.
func Revision() string {
	var revision, suffix string
	for _, setting := range build().Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			suffix = "+dirty"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + suffix
}

// Go returns the version of Go that built it, for example "go1.26.8".
func Go() string { return build().GoVersion }

var build = sync.OnceValue(func() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{}
})
