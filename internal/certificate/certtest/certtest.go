// Package certtest makes certificates for tests.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates.
type Authority struct {
	tb      testing.TB
	cert    *x509.Certificate
	key     *ecdsa.PrivateKey
	serials int64
}

// NewAuthority returns an authority that only the test knows.
func NewAuthority(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{tb: tb}
	template := a.template("authority")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, key := a.sign(template, template, nil)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	a.cert, a.key = cert, key
	return a
}

func (a *Authority) template(name string) *x509.Certificate {
	a.serials++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serials), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
}

// sign signs a certificate for a new key; without a key of the parent, by itself.
func (a *Authority) sign(template, parent *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
	a.tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.tb.Fatal(err)
	}
	if by == nil {
		by = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		a.tb.Fatal(err)
	}
	return der, key
}

// Pool returns a pool with the authority in it.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// File writes the authority's certificate into a directory and returns its path.
func (a *Authority) File(dir string) string {
	a.tb.Helper()
	return a.write(filepath.Join(dir, "authority.pem"), "CERTIFICATE", a.cert.Raw)
}

// Server writes a certificate for 127.0.0.1 and localhost, and its key, over those that are
// there.
func (a *Authority) Server(dir string) (certFile, keyFile string) {
	a.tb.Helper()
	template := a.template("server")
	template.DNSNames, template.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	der, key := a.sign(template, a.cert, a.key)
	return a.pair(dir, "server", der, key)
}

// Client returns a certificate with this URI as its alternative name.
func (a *Authority) Client(uri string) tls.Certificate {
	a.tb.Helper()
	name, err := url.Parse(uri)
	if err != nil {
		a.tb.Fatal(err)
	}
	template := a.template("client")
	template.URIs = []*url.URL{name}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der, key := a.sign(template, a.cert, a.key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *Authority) pair(dir, name string, der []byte, key *ecdsa.PrivateKey) (certFile, keyFile string) {
	a.tb.Helper()
	text, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.tb.Fatal(err)
	}
	return a.write(filepath.Join(dir, name+".pem"), "CERTIFICATE", der), a.write(filepath.Join(dir, name+".key"), "EC PRIVATE KEY", text)
}

func (a *Authority) write(path, kind string, der []byte) string {
	a.tb.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.tb.Fatal(err)
	}
	return path
}
