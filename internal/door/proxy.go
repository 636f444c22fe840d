package door

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the addresses of proxies that are believed about whom they forward for.
type Proxies []netip.Prefix

// ParseProxies reads networks, as in 10.0.0.0/8, and single addresses.
func ParseProxies(texts []string) (Proxies, error) {
	var all Proxies
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, aerr := netip.ParseAddr(text)
			if aerr != nil {
				return nil, fmt.Errorf("%q is not a network: write it as 10.0.0.0/8 or 10.1.2.3", text)
			}
			addr = addr.Unmap()
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

// Trusts reports whether an address is that of a proxy.
func (p Proxies) Trusts(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// client returns where a request comes from: the peer of its connection or, if that is a
// proxy, the rightmost address of X-Forwarded-For that is none. What stands left of it was
// there when the request came to the first proxy, and anybody can have written it.
func (p Proxies) client(r *http.Request) net.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return nil // not of a network: a test's
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for len(hops) > 0 && p.Trusts(from.Addr()) {
		hop := strings.TrimSpace(hops[len(hops)-1])
		hops = hops[:len(hops)-1]
		addr, err := parseHop(hop)
		if err != nil {
			break
		}
		from = netip.AddrPortFrom(addr, 0)
	}
	return net.TCPAddrFromAddrPort(from)
}

// parseHop reads an address that may have a port.
func parseHop(text string) (netip.Addr, error) {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr(), nil
	}
	return netip.ParseAddr(strings.Trim(text, "[]"))
}
