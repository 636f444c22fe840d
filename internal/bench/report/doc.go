// Package report is what a benchmark has measured, and how it is told: as a table for a
// terminal, as Markdown, as JSON and as charts.
package report
