package latency

import (
	"flag"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

var (
	each = flag.Duration("each", 600*time.Millisecond, "how long each of the three is measured, in all")
	rate = flag.Int("rate", 1000, "entries a second")
)

func TestMain(m *testing.M) {
	if os.Getenv(echoVariable) != "" {
		echo()
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		server.Clean()
		os.Exit(code)
	}))
}
