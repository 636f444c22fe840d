package client

import (
	"context"

	"google.golang.org/grpc/credentials"
)

// bearer puts a token on every call.
type bearer struct {
	token     string
	encrypted bool
}

var _ credentials.PerRPCCredentials = bearer{}

// GetRequestMetadata returns the header of the token.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

// RequireTransportSecurity holds grpc-go to what Dial has checked. It is not always true,
// since a server on the same machine is reached without TLS.
func (b bearer) RequireTransportSecurity() bool { return b.encrypted }
