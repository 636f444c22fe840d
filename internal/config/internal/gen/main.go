// Command gen makes docs/configuration.md: every key of the configuration with its
// default, its flag and its meaning.
//
// Keys, flags and defaults come from package config. The meanings are the comments of
// config.yaml, which a test of that package holds to the ranges that are enforced.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-2f16ea30/logsieve/internal/config"
)

func main() {
	from := flag.String("from", "config.yaml", "the documented configuration file")
	to := flag.String("to", "docs/configuration.md", "the page to write")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	made, err := page(text)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, made, 0o644) //nolint:gosec // G306: part of the sources, which everyone may read.
}

const introduction = `<!-- Made by "make generate" from internal/config and config.yaml. Edit those instead. -->

# Configuration

Everything has a default: ` + "`logsieve serve`" + ` needs no file. A value comes from, each overriding the one before it, the
default, the file of ` + "`--config`" + ` (or ` + "`LOGSIEVE_CONFIG`" + `), the environment, a flag. The environment variable of a key is
its name in capitals behind ` + "`LOGSIEVE_`" + `, with underscores: ` + "`%s`" + ` is ` + "`%s`" + `.
` + "[`config.yaml`](../config.yaml)" + ` is a file with every key and its default.

A key that is not known, or a value out of its range, keeps the server from starting; all mistakes are told at once.
` + "`logsieve config`" + ` prints what is in force. Nothing is read again while the server runs, but for the access file and the
certificates: restart it after another change.

| Values | |
|---|---|
| sizes | a number with B, KiB, MiB, GiB, TiB (powers of 1024) or KB, MB, GB, TB (powers of 1000) |
| durations | a number with ms, s, m, h or d; ` + "`1h30m`" + ` is an hour and a half |
| addresses | ` + "`host:port`" + `; port 0 takes a free one, which the log names |
| lists | in YAML; in the environment with commas; as a flag once for each item |
`

// page returns the page that a documented configuration file makes.
func page(documented []byte) ([]byte, error) {
	sections, meanings, err := comments(documented)
	if err != nil {
		return nil, err
	}
	keys := config.Keys()
	example := keys[0]
	var out bytes.Buffer
	section := ""
	for _, key := range keys {
		if key.Name == "store.max_age" {
			example = key
		}
		if name, _, _ := strings.Cut(key.Name, "."); name != section {
			section = name
			fmt.Fprintf(&out, "\n## %s\n\n%s\n\n| Key | Default | Flag | Meaning |\n|---|---|---|---|\n", section, sections[section])
		}
		meaning, ok := meanings[key.Name]
		if !ok {
			return nil, fmt.Errorf("%s has no comment", key.Name)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", key.Name, code(key.Default), code(key.Flag), escape(meaning))
	}
	return append(fmt.Appendf(nil, introduction, example.Name, example.Env), out.Bytes()...), nil
}

// comments returns the comments above the sections of a file and above its keys.
func comments(documented []byte) (sections, meanings map[string]string, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(documented, &document); err != nil {
		return nil, nil, err
	}
	sections, meanings = map[string]string{}, map[string]string{}
	top := document.Content[0].Content
	for i := 0; i < len(top); i += 2 {
		name, section := top[i].Value, top[i+1].Content
		sections[name] = prose(top[i].HeadComment)
		for j := 0; j < len(section); j += 2 {
			meanings[name+"."+section[j].Value] = prose(section[j].HeadComment)
		}
	}
	return sections, meanings, nil
}

// prose returns a comment as one line of text. What stands above an empty line is about
// the file.
func prose(comment string) string {
	if i := strings.LastIndex(comment, "\n\n"); i >= 0 {
		comment = comment[i:]
	}
	var words []string
	for line := range strings.Lines(comment) {
		words = append(words, strings.Fields(strings.TrimLeft(strings.TrimSpace(line), "#"))...)
	}
	return strings.Join(words, " ")
}

// code returns a text in the marks of code; no text stays none.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// escape keeps a text within its cell, and its asterisks from being emphasis.
func escape(text string) string { return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(text) }
