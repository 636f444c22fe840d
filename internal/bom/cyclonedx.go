package bom

import (
	"bytes"
	"encoding/json"
)

// The parts of a CycloneDX document that are written here.
type (
	cdxDocument struct {
		BOMFormat   string         `json:"bomFormat"`
		SpecVersion string         `json:"specVersion"`
		Version     int            `json:"version"`
		Metadata    cdxMetadata    `json:"metadata"`
		Components  []cdxComponent `json:"components"`
	}
	cdxMetadata struct {
		Component cdxComponent `json:"component"`
	}
	cdxComponent struct {
		Type     string       `json:"type"`
		Ref      string       `json:"bom-ref"`
		Name     string       `json:"name"`
		Version  string       `json:"version"`
		PURL     string       `json:"purl"`
		Licenses []cdxLicence `json:"licenses,omitempty"`
	}
	cdxLicence struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
	}
)

func (c Component) cyclone(kind string) cdxComponent {
	x := cdxComponent{Type: kind, Ref: c.PURL, Name: c.Name, Version: c.Version, PURL: c.PURL}
	if c.Licence != "" {
		var l cdxLicence
		l.License.ID = c.Licence
		x.Licenses = []cdxLicence{l}
	}
	return x
}

// CycloneDX returns the document, in version 1.6 of the format, of a release that is made of
// these components. The same components make the same document: there is no time in it, and
// no random number.
func CycloneDX(release string, components []Component) ([]byte, error) {
	program := Component{Name: "logsieve", Version: release, PURL: "pkg:golang/" + ours + "@" + release, Licence: "Apache-2.0"}
	document := cdxDocument{
		BOMFormat: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: cdxMetadata{program.cyclone("application")},
	}
	for _, c := range components {
		document.Components = append(document.Components, c.cyclone("library"))
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(document)
	return text.Bytes(), err
}
