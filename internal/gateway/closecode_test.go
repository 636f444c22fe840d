package gateway

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// documented returns the table of close codes of docs/websocket.md: which statuses each
// code stands for.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/websocket.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "| Code | Status | When | Come back? |\n|---|---|---|---|\n")
	if !ok {
		t.Fatal("docs/websocket.md has no table of close codes")
	}
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			break
		}
		var statuses []string
		for name := range strings.SplitSeq(cells[2], ",") {
			if name = strings.TrimSpace(name); name != "" {
				statuses = append(statuses, name)
			}
		}
		rows[strings.TrimSpace(cells[1])] = statuses
	}
	return rows
}

// The table says for each status with which code a stream ends, and nothing else.
func TestCloseCodesAreDocumented(t *testing.T) {
	rows := documented(t)
	ends := map[string][]string{}
	add := func(st *status.Status) {
		code := strconv.Itoa(endOf(st).Code)
		ends[code] = append(ends[code], codeName(st.Code()))
	}
	for c := codes.OK; c <= codes.Unauthenticated; c++ {
		add(status.New(c, "why"))
	}
	add(errStopping.GRPCStatus())
	for code, statuses := range ends {
		if got := strings.Join(rows[code], ", "); got != strings.Join(statuses, ", ") {
			t.Errorf("%d statuses end with %s: the page says %q, the code %q", len(statuses), code, got, statuses)
		}
	}
	for code, statuses := range rows {
		if len(statuses) > 0 && ends[code] == nil {
			t.Errorf("the page has %s for %q, and nothing ends so", code, statuses)
		}
	}
}
