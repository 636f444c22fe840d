package docs

import (
	"html/template"
	"strings"
)

// markdown returns the HTML of the little that our descriptions use of Markdown:
// paragraphs, lists, tables and code within a line. All text is escaped. It is no general
// renderer, which would be a dependency larger than this package.
func markdown(text string) template.HTML {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		switch {
		case strings.HasPrefix(lines[0], "|"):
			writeTable(&b, lines)
		case strings.HasPrefix(strings.TrimSpace(lines[0]), "- "):
			writeList(&b, lines)
		case block != "":
			b.WriteString("<p>" + inline(strings.Join(lines, "\n")) + "</p>\n")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // G203: every text went through inline, which escapes it.
}

// inline escapes a text and marks what stands between back-quotes as code.
func inline(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(template.HTMLEscapeString(text), "`") {
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return b.String()
}

func writeList(b *strings.Builder, lines []string) {
	b.WriteString("<ul>\n")
	for _, line := range lines {
		b.WriteString("<li>" + inline(strings.TrimPrefix(strings.TrimSpace(line), "- ")) + "</li>\n")
	}
	b.WriteString("</ul>\n")
}

// writeTable writes a table whose second line is the rule under its head.
func writeTable(b *strings.Builder, lines []string) {
	b.WriteString("<table>\n")
	for i, line := range lines {
		if i == 1 {
			continue
		}
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		b.WriteString("<tr>")
		for text := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			b.WriteString("<" + cell + ">" + inline(strings.TrimSpace(text)) + "</" + cell + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}
