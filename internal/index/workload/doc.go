// Package workload makes the traffic of a fleet of services and the filters that people
// write about it, always the same ones for a seed: what the index is tested with, and
// measured.
package workload
