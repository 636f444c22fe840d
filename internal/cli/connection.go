package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
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
const defaultServer = "127.0.0.1:9090"

// The variables of a connection.
const (
	serverVariable    = "LOGSIEVE_SERVER"
	tokenVariable     = "LOGSIEVE_TOKEN"      //nolint:gosec // G101: the name of a variable.
	tokenFileVariable = "LOGSIEVE_TOKEN_FILE" //nolint:gosec // G101: the name of a variable.
	tlsVariable       = "LOGSIEVE_TLS"
	caVariable        = "LOGSIEVE_CA_FILE"
	certVariable      = "LOGSIEVE_CERT_FILE"
	keyVariable       = "LOGSIEVE_KEY_FILE"
)

// connection is how the client commands reach their server. There is no flag with a token
// in it: everybody on the machine sees the arguments of a program.
type connection struct {
	console                     *console
	server, tokenFile           string
	tls                         bool
	caFile, certFile, clientKey string
}

func (k *connection) bind(flags *pflag.FlagSet) {
	text := func(value *string, name, variable, otherwise, usage string) {
		flags.StringVar(value, name, cmp.Or(k.console.env(variable), otherwise), usage+"; "+variable+" in the environment")
	}
	text(&k.server, "server", serverVariable, defaultServer, "`host:port` of the server's gRPC listener")
	text(&k.tokenFile, "token-file", tokenFileVariable, "", "`file` with a bearer token; "+tokenVariable+" is the token itself")
	text(&k.caFile, "ca-file", caVariable, "", "`file` with the authorities of the server's certificate, in PEM; those of the system otherwise")
	text(&k.certFile, "cert-file", certVariable, "", "`file` with a certificate to show to the server, in PEM")
	text(&k.clientKey, "key-file", keyVariable, "", "`file` with the private key of that certificate")
	flags.BoolVar(&k.tls, "tls", k.console.env(tlsVariable) == "true", "encrypt the connection, and check the server's certificate; "+
		tlsVariable+"=true in the environment")
}

// dial returns a client, which the caller closes. The connection is made when it is used.
func (k *connection) dial() (*client.Client, error) { return k.dialTelling(k.tell) }

// dialTelling is dial with another one to be told of lost connections.
func (k *connection) dialTelling(tell func(attempt int, err error, wait time.Duration)) (*client.Client, error) {
	opts := []client.Option{
		client.WithUserAgent("logsieve/" + version.String()),
		client.WithOnReconnect(tell),
	}
	encryption, err := k.encryption()
	if err != nil {
		return nil, err
	}
	if encryption != nil {
		opts = append(opts, client.WithTLS(encryption))
	}
	credential, err := k.credential()
	if err != nil {
		return nil, err
	}
	c, err := client.Dial(k.server, append(opts, credential...)...)
	switch {
	case errors.Is(err, client.ErrNotEncrypted):
		return nil, fail(exitUsage, "the token would go to %s unencrypted: add --tls", k.server)
	case err != nil:
		return nil, fail(exitUsage, "%v", err)
	}
	return c, nil
}

// credential returns how a token is sent. One from a file is read again whenever it is
// needed: whatever renews the file keeps a stream going.
func (k *connection) credential() ([]client.Option, error) {
	text, err := k.token()
	switch {
	case err != nil:
		return nil, err
	case text == "":
		return nil, nil
	case !k.fromFile():
		return []client.Option{client.WithToken(text)}, nil
	default:
		return []client.Option{client.WithTokenSource(func(context.Context) (string, error) { return k.token() })}, nil
	}
}

// fromFile tells whether the token comes from a file: one that was named on the command
// line goes before the environment.
func (k *connection) fromFile() bool {
	return k.tokenFile != "" && (k.console.env(tokenVariable) == "" || k.tokenFile != k.console.env(tokenFileVariable))
}

// token returns the token of the environment or of the file, empty if there is neither.
func (k *connection) token() (string, error) {
	if !k.fromFile() {
		return strings.TrimSpace(k.console.env(tokenVariable)), nil
	}
	text, err := os.ReadFile(k.tokenFile)
	if err != nil {
		return "", fail(exitUsage, "the token cannot be read: %v", err)
	}
	if token := strings.TrimSpace(string(text)); token != "" {
		return token, nil
	}
	return "", fail(exitUsage, "the token cannot be read: %s is empty", k.tokenFile)
}

// encryption returns how the connection is encrypted, nil if it is not.
func (k *connection) encryption() (*tls.Config, error) {
	if !k.tls && k.caFile == "" && k.certFile == "" && k.clientKey == "" {
		return nil, nil //nolint:nilnil // not encrypted is no failure.
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if k.caFile != "" {
		text, err := os.ReadFile(k.caFile)
		if err != nil {
			return nil, fail(exitUsage, "the authorities cannot be read: %v", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(text) {
			return nil, fail(exitUsage, "the authorities cannot be read: %s has no certificate in PEM", k.caFile)
		}
	}
	if k.certFile != "" || k.clientKey != "" {
		pair, err := tls.LoadX509KeyPair(k.certFile, k.clientKey)
		if err != nil {
			return nil, fail(exitUsage, "the client's certificate cannot be used, which needs --cert-file and --key-file: %v", err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
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
