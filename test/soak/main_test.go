package soak

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/figures"
)

var (
	long       = flag.Bool("soak", false, "run the long versions")
	reportPath = flag.String("soak.report", "", "the document whose table is replaced by the figures of this run")
)

// scale returns the first of two sizes, or with -soak the second.
func scale[T any](short, soak T) T {
	if *long {
		return soak
	}
	return short
}

func TestMain(m *testing.M) {
	if doomed() {
		return
	}
	flag.Parse()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		server.Clean()
		http.DefaultClient.CloseIdleConnections()
		fmt.Print("\n", table())
		if *reportPath != "" && code == 0 {
			if err := figures.Replace(*reportPath, tableName, table()); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
		os.Exit(code) // as goleak does it if it is given no cleanup
	}))
}
