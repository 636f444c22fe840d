package cli

import (
	"cmp"
	"crypto/tls"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-2f16ea30/logsieve/client"
	"github.com/seed-2f16ea30/logsieve/internal/version"
)

// The server that the client commands talk to, if nothing else is said: where serve
// listens, if nothing else is said.
const (
	defaultServer  = "127.0.0.1:9090"
	serverVariable = "LOGSIEVE_SERVER"
	tokenVariable  = "LOGSIEVE_TOKEN_FILE" //nolint:gosec // G101: the name of a variable.
)

// connection is how the client commands reach their server.
type connection struct {
	console   *console
	server    string
	tokenFile string
	tls       bool
}

func (k *connection) bind(flags *pflag.FlagSet) {
	flags.StringVar(&k.server, "server", cmp.Or(k.console.env(serverVariable), defaultServer),
		"`host:port` of the server's gRPC listener; "+serverVariable+" in the environment")
	flags.StringVar(&k.tokenFile, "token-file", k.console.env(tokenVariable),
		"`file` with a bearer token; "+tokenVariable+" in the environment")
	flags.BoolVar(&k.tls, "tls", false, "encrypt the connection, and check the server's certificate")
}

// dial returns a client, which the caller closes. The connection is made when it is used.
func (k *connection) dial() (*client.Client, error) { return k.dialTelling(k.tell) }

// dialTelling is dial with another one to be told of lost connections.
func (k *connection) dialTelling(tell func(attempt int, err error, wait time.Duration)) (*client.Client, error) {
	opts := []client.Option{
		client.WithUserAgent("logsieve/" + version.String()),
		client.WithOnReconnect(tell),
	}
	if k.tls {
		opts = append(opts, client.WithTLS(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	if k.tokenFile != "" {
		token, err := os.ReadFile(k.tokenFile)
		if err != nil {
			return nil, fail(exitUsage, "the token cannot be read: %v", err)
		}
		opts = append(opts, client.WithToken(strings.TrimSpace(string(token))))
	}
	c, err := client.Dial(k.server, opts...)
	switch {
	case errors.Is(err, client.ErrNotEncrypted):
		return nil, fail(exitUsage, "the token would go to %s unencrypted: add --tls", k.server)
	case err != nil:
		return nil, fail(exitUsage, "%v", err)
	}
	return c, nil
}

// tell tells the user of a lost connection: once, and when it is back.
func (k *connection) tell(attempt int, err error, _ time.Duration) {
	switch attempt {
	case 0:
		k.console.notef("connected again")
	case 1:
		k.console.notef("the connection is lost, trying again: %s", explainShort(err))
	}
}
