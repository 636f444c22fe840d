package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// Each mistake is refused with the whole sentence that a person reads.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"unknown key", "store: {max_agee: 1d}", "store.max_agee is not a key of the configuration; the nearest one is store.max_age"},
		{"unknown section", "stor: {dir: x}", "stor.dir is not a key of the configuration; the nearest one is store.dir"},
		{"scalar for section", "store: /var/lib", `store: "/var/lib" is not a section: put its keys below it, indented`},
		{"null", "store: {dir: }", "store.dir has no value: give it one or leave the line out"},
		{"empty", "store: {dir: ''}", "store.dir is empty: give it a value"},
		{"number for text", "store: {dir: 5}", `store.dir: "5" is not a text: put it in quotes`},
		{"choice", "store: {sync: always}", `store.sync: "always" is not known: write written or fsync`},
		{"bare duration", "shutdown: {drain: 10}", `shutdown.drain: "10" is not a duration: write a number with ms, s, m, h or d, as in 30s, 1h30m or 7d`},
		{"unit of size", "hub: {ring_size: 64M}", `hub.ring_size: "64M" is not a size: write a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, as in 256KiB`},
		{"below range", "store: {max_age: 5s}", `store.max_age: "5s" is out of range: write 1m to 3650d, or 0 for no limit`},
		{"above range", "store: {disk_high_water: 101}", `store.disk_high_water: "101" is out of range: write 1 to 100`},
		{"fraction", "store: {disk_high_water: 0.9}", `store.disk_high_water: "0.9" is not a whole number`},
		{"list for text", "log: {level: [info]}", `log.level: "[info]" is not a text: put it in quotes`},
		{"number in list", "ingest: {files: [1]}", `ingest.files: "[1]" has an item that is not a text: 1`},
		{"bool", "ingest: {stdin: 2}", `ingest.stdin: "2" is neither true nor false`},
		{"no port", "grpc: {address: localhost}", `grpc.address: "localhost" is not an address: write host:port, as in 127.0.0.1:8080 or [::1]:8080`},
		{"port", "grpc: {address: 'localhost:70000'}", `grpc.address: "localhost:70000" has no valid port: write one of 1 to 65535, or 0 for any that is free`},
		{"same address", "grpc: {address: '127.0.0.1:8080'}", `http.address: "127.0.0.1:8080" is the address of grpc.address too: give one of them another port`},
		{"beyond loopback", "http: {address: ':8080'}", `http.address: ":8080" can be reached from other machines, and nobody is asked who they are: write 127.0.0.1, or set auth.file, tls.cert_file and tls.key_file, or auth.insecure to true if everyone who can reach it may read and write`},
		{"beyond loopback, unencrypted", "{auth: {file: access.yaml}, http: {address: ':8080'}}", `http.address: ":8080" can be reached from other machines, and tokens and entries go there unencrypted: write 127.0.0.1, or set tls.cert_file and tls.key_file, or auth.insecure to true if something in front of it encrypts`},
		{"beyond loopback, anonymous", "{tls: {cert_file: a, key_file: b}, grpc: {address: ':9090'}}", `grpc.address: ":9090" can be reached from other machines, and nobody is asked who they are: write 127.0.0.1, or set auth.file, tls.cert_file and tls.key_file, or auth.insecure to true if everyone who can reach it may read and write`},
		{"admin beyond loopback", "{auth: {file: access.yaml}, tls: {cert_file: a, key_file: b}, admin: {address: ':9091'}}", `admin.address: ":9091" can be reached from other machines, and there everybody sees metrics and profiles: write 127.0.0.1, or set auth.insecure to true if everyone who can reach it may`},
		{"certificate without key", "tls: {cert_file: a}", `tls.key_file is empty, although tls.cert_file is set: name the file with its private key`},
		{"key without certificate", "tls: {key_file: a}", `tls.cert_file is empty, although tls.key_file is set: name the file with its certificate`},
		{"authorities without TLS", "{auth: {file: access.yaml}, tls: {client_ca_file: ca.pem}}", `tls.client_ca_file: "ca.pem" has no effect without TLS: set tls.cert_file and tls.key_file`},
		{"authorities without access file", "tls: {cert_file: a, key_file: b, client_ca_file: ca.pem}", `tls.client_ca_file: "ca.pem" has no effect while nobody is asked who they are: set auth.file, and list the certificates there`},
		{"version of TLS", "tls: {min_version: '1.1'}", `tls.min_version: "1.1" is not known: write 1.2 or 1.3`},
		{"sizes", "ingest: {decoded_size: 1MiB}", `ingest.decoded_size: "1MiB" is less than ingest.body_size (4MiB): a request that is not compressed could not use it`},
		{"entry", "ingest: {entry_size: 8MiB}", `ingest.entry_size: "8MiB" is more than ingest.body_size (4MiB): such an entry could not be sent`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.file)
			_, err := Load(path, nil, nil)
			if err == nil {
				t.Fatal("no error")
			}
			// Mistakes of form know where they stand, those of meaning may come from anywhere.
			if diff := cmp.Diff(tt.want, strings.TrimPrefix(err.Error(), path+": ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	path := write(t, "store: {dri: x, sync: never}\nlog: {level: loud}\n")
	_, err := Load(path, []string{"LOGSIEVE_STORE_MAX_AGE=week", "LOGSIEVE_STORE_DRI=x"}, nil)
	want := []string{
		path + ": store.dri is not a key of the configuration; the nearest one is store.dir",
		"LOGSIEVE_STORE_DRI is not a variable of the configuration; the nearest one is LOGSIEVE_STORE_DIR",
		`LOGSIEVE_STORE_MAX_AGE: "week" is not a duration: write a number with ms, s, m, h or d, as in 30s, 1h30m or 7d`,
		`store.sync: "never" is not known: write written or fsync`,
		`log.level: "loud" is not known: write debug or info or warn or error`,
	}
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
}

// A flag of the wrong form is refused while the command line is parsed, with its name.
func TestFlagMistakes(t *testing.T) {
	for _, arg := range []string{"--store-max-age=week", "--store-max-size=10G", "--stdin=perhaps", "--stream-max-streams=many"} {
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		BindFlags(flags)
		name, _, _ := strings.Cut(arg, "=")
		if err := flags.Parse([]string{arg}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", arg, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.8.8.8": true, "::1": true, "localhost": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "example.org": false, "127.0.0.1.example.org": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("isLoopback(%q) = %t", host, got)
		}
	}
}

// With an access file and TLS, or with a plain word for it, addresses beyond loopback are
// fine.
func TestBeyondLoopback(t *testing.T) {
	for _, file := range []string{
		"{auth: {file: access.yaml}, tls: {cert_file: a, key_file: b}, http: {address: ':8080'}, otlp: {grpc_address: ':4317'}}",
		"{auth: {insecure: true}, http: {address: ':8080'}, admin: {address: ':9091'}}",
		"{auth: {file: access.yaml, insecure: true}, grpc: {address: '0.0.0.0:9090'}}",
	} {
		if _, err := Load(write(t, file), nil, nil); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
