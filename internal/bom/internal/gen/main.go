// Command gen writes what the binary is made of: with -sbom as a CycloneDX document, with
// -licences as a page of the documentation. Run it at the top of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-2f16ea30/logsieve/internal/bom"
)

func main() {
	sbom := flag.String("sbom", "", "the file that the CycloneDX document is written to")
	release := flag.String("release", "devel", "the version of logsieve that the document is about")
	licences := flag.String("licences", "", "the file that the licences are written to")
	flag.Parse()
	if err := run(*sbom, *release, *licences); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(sbom, release, licences string) error {
	components, err := bom.All(".")
	if err != nil {
		return err
	}
	if sbom != "" {
		text, err := bom.CycloneDX(release, components)
		if err != nil {
			return err
		}
		if err := write(sbom, string(text)); err != nil {
			return err
		}
	}
	if licences != "" {
		return write(licences, bom.Licences(components))
	}
	return nil
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // G301: documents that everybody reads.
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // G306: see above.
}
