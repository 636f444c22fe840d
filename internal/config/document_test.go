package config

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// documented is the file that shows every key.
const documented = "../../config.yaml"

func TestFileIsTheDefault(t *testing.T) {
	got, err := Load(documented, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("config.yaml sets other values than the code (-code +file):\n%s", diff)
	}
}

func TestFileHasEveryKeyWithComment(t *testing.T) {
	text, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	inFile := commentedKeys(t, "", document.Content[0])
	defaults := Default()
	var inCode []string
	for _, f := range fields(&defaults) {
		inCode = append(inCode, f.key)
	}
	if diff := cmp.Diff(inCode, inFile); diff != "" {
		t.Errorf("keys and their order (-code +file):\n%s", diff)
	}
}

// commentedKeys returns the keys of a mapping, and fails for each that has no comment
// above it.
func commentedKeys(t *testing.T, section string, mapping *yaml.Node) []string {
	t.Helper()
	var keys []string
	for pair := range slices.Chunk(mapping.Content, 2) {
		key := section + pair[0].Value
		if pair[0].HeadComment == "" {
			t.Errorf("%s has no comment in config.yaml", key)
		}
		if pair[1].Kind == yaml.MappingNode {
			keys = append(keys, commentedKeys(t, key+".", pair[1])...)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// The ranges in the comments of config.yaml are the ones that are enforced.
func TestFileTellsTheRanges(t *testing.T) {
	text, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	defaults := Default()
	for _, f := range fields(&defaults) {
		low, high := f.tag.Get("min"), f.tag.Get("max")
		if low == "" {
			continue
		}
		section, name, _ := strings.Cut(f.key, ".")
		want := low + " to " + high
		begin := slices.Index(lines, section+":")
		at := begin + slices.IndexFunc(lines[begin:], func(line string) bool { return strings.HasPrefix(line, "  "+name+": ") })
		comment := strings.Join(lines[max(0, at-3):at], " ")
		if !strings.Contains(comment, want) {
			t.Errorf("the comment of %s does not say %q", f.key, want)
		}
	}
}
