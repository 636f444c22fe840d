package bom

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ours begins the path of our own module, which is no component of itself.
const ours = "github.com/seed-2f16ea30/logsieve"

// goModules returns the modules of which packages are linked into the binary, and the
// standard library.
func goModules(root string) ([]Component, error) {
	command := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", "./cmd/logsieve")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	version := strings.TrimPrefix(runtime.Version(), "go")
	ui, err := swaggerUI(root)
	if err != nil {
		return nil, err
	}
	all := []Component{{Name: "std", Version: version, PURL: "pkg:golang/std@" + version, Licence: "BSD-3-Clause"}, ui}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 || seen[fields[0]] || fields[0] == ours {
			continue
		}
		seen[fields[0]] = true
		licence, err := licenceIn(fields[2])
		if err != nil {
			return nil, err
		}
		all = append(all, Component{
			Name: fields[0], Version: fields[1], PURL: "pkg:golang/" + fields[0] + "@" + fields[1], Licence: licence,
		})
	}
	return all, nil
}

// swaggerUI returns Swagger UI, whose files are in the binary, but not the module that they
// were taken out of.
func swaggerUI(root string) (Component, error) {
	const module = "github.com/swaggo/files/v2"
	command := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module)
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return Component{}, fmt.Errorf("go list: %w", err)
	}
	version := strings.TrimSpace(string(out))
	return Component{Name: "swagger-ui", Version: version, PURL: "pkg:golang/" + module + "@" + version, Licence: "Apache-2.0"}, nil
}

// licenceIn returns the licence of the module in a directory.
func licenceIn(dir string) (string, error) {
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*", "License*", "license*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a directory of that name
			}
			if id := identify(string(text)); id != "" {
				return id, nil
			}
		}
	}
	return "", nil
}
