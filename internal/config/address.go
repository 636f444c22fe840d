package config

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
)

var errAddress = errors.New("is not an address: write host:port, as in 127.0.0.1:8080 or [::1]:8080")

func splitAddress(address string) (host string, port uint16, err error) {
	host, digits, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, errAddress
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, errors.New("has no valid port: write one of 1 to 65535, or 0 for any that is free")
	}
	return host, uint16(n), nil
}

// isLoopback tells whether only this machine can reach the host. Names are not looked
// up: what they mean may change after the check.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// checkAddresses refuses an address twice, and one beyond loopback that is not protected,
// unless Auth.Insecure says that this is meant. Addresses of the wrong form are left to
// check.
func (c Config) checkAddresses() []error {
	var errs []error
	taken := map[string]string{}
	for _, f := range fields(&c) {
		if f.tag.Get("address") == "" {
			continue
		}
		address := f.value.String()
		host, port, err := splitAddress(address)
		if err != nil {
			continue
		}
		if other, ok := taken[address]; ok && port != 0 {
			errs = append(errs, f.mistake("is the address of "+other+" too: give one of them another port"))
		}
		taken[address] = f.key
		if why := c.exposed(f.key); why != "" && !isLoopback(host) {
			errs = append(errs, f.mistake(why))
		}
	}
	return errs
}
