package certificate

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/certificate/certtest"
)

// shake does a handshake with a listener of the keeper and returns what the client saw.
func shake(t *testing.T, k *Keeper, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	here, there := net.Pipe()
	served := make(chan error, 1)
	go func() {
		defer func() { _ = there.Close() }()
		s := tls.Server(there, k.TLS("h2", "http/1.1"))
		if err := s.Handshake(); err != nil {
			served <- err
			return
		}
		_, err := s.Write([]byte{1}) // a client is only told of a certificate that is refused behind the handshake
		served <- err
	}()
	defer func() { _ = here.Close() }()
	c := tls.Client(here, client)
	err := c.Handshake()
	if err == nil {
		_, err = c.Read(make([]byte, 1))
	}
	_ = here.Close()
	<-served
	return c.ConnectionState(), err
}

func TestCertificateIsReplaced(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Server(dir)
	var log bytes.Buffer
	k, err := Load(Config{CertFile: certFile, KeyFile: keyFile, MinVersion: tls.VersionTLS13}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	client := &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13}
	serial := func() int64 {
		t.Helper()
		state, err := shake(t, k, client)
		if err != nil {
			t.Fatal(err)
		}
		if state.NegotiatedProtocol != "h2" {
			t.Errorf("the protocol is %q", state.NegotiatedProtocol)
		}
		return state.PeerCertificates[0].SerialNumber.Int64()
	}
	first := serial()
	k.look()
	if got := serial(); got != first {
		t.Errorf("certificate %d without a change, want %d", got, first)
	}

	touch := func() { // mtimes of two writes within a tick of the clock are the same
		at := time.Now().Add(time.Hour)
		if err := os.Chtimes(certFile, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(certFile, []byte("half a cert"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.look()
	k.look()
	if got := serial(); got != first {
		t.Errorf("certificate %d after a broken one, want %d", got, first)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("what is broken is told %d times: %s", n, &log)
	}

	ca.Server(dir)
	touch()
	k.look()
	if got := serial(); got == first {
		t.Error("the new certificate is not in use")
	}
}

func TestVersions(t *testing.T) {
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Server(t.TempDir())
	for oldest, want := range map[uint16]bool{tls.VersionTLS12: true, tls.VersionTLS13: false} {
		k, err := Load(Config{CertFile: certFile, KeyFile: keyFile, MinVersion: oldest}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		_, err = shake(t, k, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MaxVersion: tls.VersionTLS12})
		if (err == nil) != want {
			t.Errorf("TLS 1.2 where the oldest is %s: %v", tls.VersionName(oldest), err)
		}
	}
}

func TestClientCertificates(t *testing.T) {
	dir := t.TempDir()
	ca, stranger := certtest.NewAuthority(t), certtest.NewAuthority(t)
	certFile, keyFile := ca.Server(dir)
	k, err := Load(Config{CertFile: certFile, KeyFile: keyFile, ClientCAFile: ca.File(dir), MinVersion: tls.VersionTLS13}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		certificates []tls.Certificate
		ok           bool
	}{
		"none":                 {nil, true},
		"of the authority":     {[]tls.Certificate{ca.Client("spiffe://example/agent")}, true},
		"of another authority": {[]tls.Certificate{stranger.Client("spiffe://example/agent")}, false},
	} {
		client := &tls.Config{
			RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS13,
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(c.certificates) == 0 {
					return &tls.Certificate{}, nil
				}
				return &c.certificates[0], nil
			},
		}
		if _, err := shake(t, k, client); (err == nil) != c.ok {
			t.Errorf("a certificate %s: %v", name, err)
		}
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Server(dir)
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{
		{CertFile: filepath.Join(dir, "none.pem"), KeyFile: keyFile},
		{CertFile: certFile, KeyFile: certFile},
		{CertFile: certFile, KeyFile: keyFile, ClientCAFile: filepath.Join(dir, "none.pem")},
		{CertFile: certFile, KeyFile: keyFile, ClientCAFile: empty},
	} {
		if _, err := Load(cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%+v: %v, want the name of the file", cfg, err)
		}
	}
}

func TestRunFollowsUntilItIsStopped(t *testing.T) {
	dir := t.TempDir()
	ca := certtest.NewAuthority(t)
	certFile, keyFile := ca.Server(dir)
	k, err := Load(Config{CertFile: certFile, KeyFile: keyFile}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	first := k.current.Load()
	synctest.Test(t, func(t *testing.T) {
		go func() { _ = k.Run(t.Context()) }()
		ca.Server(dir)
		at := time.Now().Add(time.Hour)
		if err := os.Chtimes(certFile, at, at); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * interval)
		synctest.Wait()
		if k.current.Load() == first {
			t.Error("the new certificate is not in use")
		}
	})
}
