// Package certificate keeps the TLS of the server: its certificate, and the authorities
// whose certificates clients may show.
//
// The files are read again when they change, with no restart and no connection ended: a
// handshake gets what is in force at that moment. What is broken is logged once, and what
// was there before stays in force, so that a renewal that goes wrong ends nothing before
// the old certificate does.
package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// Config names the files.
type Config struct {
	// CertFile is the certificate chain and KeyFile its key, in PEM.
	CertFile, KeyFile string
	// ClientCAFile holds the authorities of clients' certificates, in PEM. Empty: no
	// client is asked for one.
	ClientCAFile string
	// MinVersion is the oldest version of TLS that is spoken, such as tls.VersionTLS13.
	MinVersion uint16
}

// Keeper keeps what is in force. Make it with [Load]; it is safe for concurrent use.
type Keeper struct {
	cfg    Config
	logger *slog.Logger

	current atomic.Pointer[tls.Config]
	seen    []state // of the files, when they were last read; belongs to Run
}

// Load reads the files. Its error is a sentence for the one who starts the server.
func Load(cfg Config, logger *slog.Logger) (*Keeper, error) {
	k := &Keeper{cfg: cfg, logger: logger}
	k.seen = k.states()
	next, err := k.read()
	if err != nil {
		return nil, err
	}
	k.current.Store(next)
	return k, nil
}

// TLS returns the configuration of a listener that speaks these protocols (ALPN), the
// preferred one first. It follows the files.
func (k *Keeper) TLS(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: k.cfg.MinVersion,
		NextProtos: protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			next := k.current.Load().Clone()
			next.NextProtos = protocols
			return next, nil
		},
	}
}

func (k *Keeper) read() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(k.cfg.CertFile, k.cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("the certificate %s and its key %s cannot be used: %w", k.cfg.CertFile, k.cfg.KeyFile, err)
	}
	if left := time.Until(pair.Leaf.NotAfter); left <= 0 {
		k.logger.Warn("the certificate of the server has expired", "file", k.cfg.CertFile, "since", -left)
	}
	c := &tls.Config{MinVersion: k.cfg.MinVersion, Certificates: []tls.Certificate{pair}}
	if k.cfg.ClientCAFile == "" {
		return c, nil
	}
	text, err := os.ReadFile(k.cfg.ClientCAFile)
	if err != nil {
		return nil, fmt.Errorf("the authorities of client certificates cannot be read: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate of an authority in PEM", k.cfg.ClientCAFile)
	}
	// A client may do with a token: whether it must show one is for the door to say.
	c.ClientAuth = tls.VerifyClientCertIfGiven
	return c, nil
}
