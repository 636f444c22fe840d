package door

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// Subprotocol is what a WebSocket of this server speaks. Clients need not ask for it.
const Subprotocol = "logs.v1"

const (
	protocolHeader = "Sec-Websocket-Protocol"
	// bearerProtocol is followed by a token in base64url without padding: a page can set
	// no header of a WebSocket but this one, and its values may not have every character
	// of a token.
	bearerProtocol = "bearer."
	// plainProtocol is followed by a token as it is: what clients of grpc-websocket-proxy send.
	plainProtocol = "Bearer"
)

// upgrades reports whether a request asks for a WebSocket.
func upgrades(r *http.Request) bool {
	return hasToken(r.Header, "Connection", "upgrade") && hasToken(r.Header, "Upgrade", "websocket")
}

func hasToken(h http.Header, name, token string) bool {
	for _, value := range h.Values(name) {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// takeSubprotocols takes the credentials out of the sub-protocols that a client offers, and
// leaves in the header the one that the answer names, if any: never one with a token.
func takeSubprotocols(h http.Header) (authorization []string) {
	var offered []string
	for part := range strings.SplitSeq(strings.Join(h.Values(protocolHeader), ","), ",") {
		if part = strings.TrimSpace(part); part != "" {
			offered = append(offered, part)
		}
	}
	h.Del(protocolHeader)
	answer := ""
	for i := 0; i < len(offered); i++ {
		switch protocol := offered[i]; {
		case protocol == Subprotocol:
			answer = Subprotocol
		case strings.HasPrefix(protocol, bearerProtocol):
			token, err := base64.RawURLEncoding.DecodeString(protocol[len(bearerProtocol):])
			if err != nil {
				token = nil // a header without a token is refused as one that is malformed
			}
			authorization = append(authorization, "Bearer "+string(token))
		case protocol == plainProtocol && i+1 < len(offered):
			i++
			authorization = append(authorization, "Bearer "+offered[i])
			if answer == "" {
				answer = plainProtocol
			}
		}
	}
	if answer != "" {
		h.Set(protocolHeader, answer)
	}
	return authorization
}
