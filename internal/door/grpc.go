package door

import (
	"context"
	"crypto/x509"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// AdmitCall is Admit for a call of gRPC, whose context has its metadata and its peer. A call
// through a [Pipe] has the principal, and the address, that were handed over.
func (d *Door) AdmitCall(ctx context.Context, method string) (context.Context, error) {
	needs, ok := methods[method]
	if !ok {
		return nil, &fault.Problem{
			Code: codes.Unimplemented, Reason: "NO_SUCH_METHOD", Message: "there is no method " + method,
		}
	}
	md, _ := metadata.FromIncomingContext(ctx)
	from, ok := peer.FromContext(ctx)
	if !ok {
		from = &peer.Peer{}
	}
	inside, ok := from.AuthInfo.(inside)
	if !ok {
		return d.Admit(ctx, method, credentialsOf(md, from))
	}
	c, _ := inside.pipe.take(md)
	if needs == public {
		return ctx, nil
	}
	if c.address != nil {
		ctx = peer.NewContext(ctx, &peer.Peer{Addr: c.address, AuthInfo: from.AuthInfo})
	}
	return enter(ctx, c.principal, needs)
}

func credentialsOf(md metadata.MD, from *peer.Peer) auth.Credentials {
	c := auth.Credentials{Authorization: md.Get("authorization")}
	if tls, ok := from.AuthInfo.(credentials.TLSInfo); ok {
		c.Certificate = leaf(tls.State.VerifiedChains)
	}
	return c
}

// leaf returns the certificate of a client, if it was verified.
func leaf(chains [][]*x509.Certificate) *x509.Certificate {
	if len(chains) == 0 || len(chains[0]) == 0 {
		return nil
	}
	return chains[0][0]
}

// Credentials returns the transport credentials of a server that serves a network and a
// [Pipe]. network, if not nil, is what connections from the network are held to.
func Credentials(network credentials.TransportCredentials) grpc.ServerOption {
	if network == nil {
		network = insecure.NewCredentials()
	}
	return grpc.Creds(&transport{network})
}

// transport tells the connections of a pipe from those of a network.
type transport struct {
	credentials.TransportCredentials
}

func (t *transport) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if c, ok := conn.(*pipeConn); ok {
		return conn, inside{credentials.CommonAuthInfo{SecurityLevel: credentials.NoSecurity}, c.pipe}, nil
	}
	return t.TransportCredentials.ServerHandshake(conn)
}

func (t *transport) Clone() credentials.TransportCredentials {
	return &transport{t.TransportCredentials.Clone()}
}

// inside is the AuthInfo of a connection through a pipe.
type inside struct {
	credentials.CommonAuthInfo

	pipe *Pipe
}

var _ credentials.AuthInfo = inside{}

// AuthType says how the peer is known.
func (inside) AuthType() string { return "inside" }
