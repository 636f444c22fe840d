package config

// Auth says who may connect.
type Auth struct {
	// File is the access file: the tokens, issuers and certificates that are let in, and
	// what each may do; see package auth. Empty: nobody is asked, everybody may read and
	// write. Default: empty.
	File string `key:"file" flag:"*" usage:"access file: who may read and write; empty: everyone" optional:"true"`
	// Insecure allows addresses that other machines can reach without asking who they are,
	// or without TLS. Default: false.
	Insecure bool `key:"insecure" flag:"insecure" usage:"listen beyond loopback without an access file, or without TLS"`
}

// The values of TLS.MinVersion.
const (
	TLS12 = "1.2"
	TLS13 = "1.3"
)

// TLS encrypts every listener but that of Admin. It is on where CertFile is set.
type TLS struct {
	// CertFile is the certificate chain in PEM, the server's own first. Set together with
	// KeyFile. Default: empty, no TLS.
	CertFile string `key:"cert_file" flag:"*" usage:"certificate chain of the server in PEM; empty: no TLS" optional:"true"`
	// KeyFile is the private key of the certificate, in PEM. Default: empty.
	KeyFile string `key:"key_file" flag:"*" usage:"private key of the certificate in PEM" optional:"true"`
	// ClientCAFile holds the authorities, in PEM, whose certificates clients may show to
	// say who they are. Nobody needs one: a token will do. Default: empty, no client is
	// asked for a certificate.
	ClientCAFile string `key:"client_ca_file" flag:"*" usage:"authorities of client certificates in PEM" optional:"true"`
	// MinVersion is the oldest version that is spoken, TLS12 or TLS13. Default: TLS13.
	MinVersion string `key:"min_version" flag:"*" usage:"oldest version of TLS" oneof:"1.2 1.3"`
}

// On tells whether the listeners are encrypted.
func (t TLS) On() bool { return t.CertFile != "" }

// checkAccess holds the keys of auth and tls against each other.
func (c Config) checkAccess() []error {
	var errs []error
	switch {
	case c.TLS.CertFile != "" && c.TLS.KeyFile == "":
		errs = append(errs, &Error{"tls.key_file", "", "is empty, although tls.cert_file is set: name the file with its private key"})
	case c.TLS.CertFile == "" && c.TLS.KeyFile != "":
		errs = append(errs, &Error{"tls.cert_file", "", "is empty, although tls.key_file is set: name the file with its certificate"})
	}
	if c.TLS.ClientCAFile == "" {
		return errs
	}
	if !c.TLS.On() {
		errs = append(errs, &Error{"tls.client_ca_file", c.TLS.ClientCAFile, "has no effect without TLS: set tls.cert_file and tls.key_file"})
	}
	if c.Auth.File == "" {
		errs = append(errs, &Error{"tls.client_ca_file", c.TLS.ClientCAFile, "has no effect while nobody is asked who they are: set auth.file, and list the certificates there"})
	}
	return errs
}

// exposed returns why an address beyond loopback is refused, empty if it is not. The key
// admin.address is apart: what listens there asks nobody and is never encrypted.
func (c Config) exposed(key string) string {
	const orElse = ": write 127.0.0.1, or "
	switch {
	case c.Auth.Insecure:
		return ""
	case key == "admin.address":
		return "can be reached from other machines, and there everybody sees metrics and profiles" + orElse +
			"set auth.insecure to true if everyone who can reach it may"
	case c.Auth.File == "":
		return "can be reached from other machines, and nobody is asked who they are" + orElse +
			"set auth.file, tls.cert_file and tls.key_file, or auth.insecure to true if everyone who can reach it may read and write"
	case !c.TLS.On():
		return "can be reached from other machines, and tokens and entries go there unencrypted" + orElse +
			"set tls.cert_file and tls.key_file, or auth.insecure to true if something in front of it encrypts"
	default:
		return ""
	}
}
