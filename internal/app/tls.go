package app

import (
	"crypto/tls"
	"fmt"

	"github.com/seed-2f16ea30/logsieve/internal/certificate"
	"github.com/seed-2f16ea30/logsieve/internal/config"
)

// newTLS reads the certificates. What follows them runs with the server.
func (a *App) newTLS() (err error) {
	c := a.cfg.TLS
	if !c.On() {
		return nil
	}
	oldest := uint16(tls.VersionTLS13)
	if c.MinVersion == config.TLS12 {
		oldest = tls.VersionTLS12
	}
	a.tls, err = certificate.Load(certificate.Config{
		CertFile: c.CertFile, KeyFile: c.KeyFile, ClientCAFile: c.ClientCAFile, MinVersion: oldest,
	}, a.logger.With("part", "tls"))
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	return nil
}

// tlsFor returns the TLS of a listener that speaks these protocols, nil if there is none.
func (a *App) tlsFor(protocols ...string) *tls.Config {
	if a.tls == nil {
		return nil
	}
	return a.tls.TLS(protocols...)
}
