package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine is where a run took place.
type Machine struct {
	System    string  `json:"system"`
	Kernel    string  `json:"kernel,omitempty"`
	Processor string  `json:"processor,omitempty"`
	Cores     int     `json:"cores"`
	Memory    float64 `json:"memory_gib,omitempty"`
	Go        string  `json:"go"`
	// Load is the load average of the last minute when the run began: what others did.
	Load string `json:"load,omitempty"`
}

// ThisMachine says what the system tells of itself; what it does not tell is empty.
func ThisMachine() Machine {
	m := Machine{
		System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(),
		Kernel: strings.TrimSpace(file("/proc/sys/kernel/osrelease")),
	}
	m.Load, _, _ = strings.Cut(file("/proc/loadavg"), " ")
	for line := range strings.Lines(file("/proc/cpuinfo")) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	var kilobytes float64
	if n, _ := fmt.Sscanf(file("/proc/meminfo"), "MemTotal: %f kB", &kilobytes); n == 1 {
		m.Memory = kilobytes / (1 << 20)
	}
	return m
}

// file returns what is in a file, empty if there is none: only Linux has these.
func file(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// String says it in a sentence.
func (m Machine) String() string {
	text := fmt.Sprintf("%d cores (%s), %s", m.Cores, m.Processor, m.System)
	if m.Memory > 0 {
		text += fmt.Sprintf(", %.0f GiB of memory", m.Memory)
	}
	if m.Kernel != "" {
		text += ", Linux " + m.Kernel
	}
	text += ", " + m.Go
	if m.Load != "" {
		text += "; load average before the run: " + m.Load
	}
	return text
}
