package docs

import (
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		server.Clean()
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}
