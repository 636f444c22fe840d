package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// bearer puts a token on every call.
type bearer struct {
	source    func(context.Context) (string, error)
	encrypted bool
}

var _ credentials.PerRPCCredentials = bearer{}

// bearer returns the credentials of the calls, unless all could read them.
func (o *options) bearer(target string, encrypted bool) (bearer, error) {
	if !encrypted && !o.plaintext && !isLocal(target) {
		return bearer{}, fmt.Errorf("%w: %s is not on this machine: use WithTLS", ErrNotEncrypted, target)
	}
	if o.token != "" { // one that is wrong for good is said at once
		if err := checkToken(o.token); err != nil {
			return bearer{}, err
		}
	}
	return bearer{o.source, encrypted}, nil
}

// errToken does not repeat the token.
var errToken = errors.New("client: the token is empty or has other characters in it than a token has: pass the bare token, without \"Bearer\", spaces and line ends")

func checkToken(token string) error {
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errToken
	}
	return nil
}

// GetRequestMetadata returns the header of the token. Its errors are gRPC statuses.
func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b.source(ctx)
	if err == nil {
		err = checkToken(token)
	}
	if err == nil {
		return map[string]string{"authorization": "Bearer " + token}, nil
	}
	if st, ok := status.FromError(err); ok {
		return nil, st.Err()
	}
	return nil, status.Errorf(codes.Unauthenticated, "no token can be had: %v", err)
}

// RequireTransportSecurity holds grpc-go to what Dial has checked. It is not always true,
// since a server on the same machine is reached without TLS.
func (b bearer) RequireTransportSecurity() bool { return b.encrypted }

// isLocal tells whether a target of grpc-go is on this machine.
func isLocal(target string) bool {
	endpoint := target
	if u, err := url.Parse(target); err == nil && strings.Contains(target, "://") {
		endpoint = strings.TrimPrefix(u.Path, "/")
	}
	if strings.HasPrefix(target, "unix:") || strings.HasPrefix(target, "unix-abstract:") {
		return true
	}
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		host = endpoint
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
