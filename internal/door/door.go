package door

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// Door lets requests in. It is safe for concurrent use. Its zero value, and nil, ask
// nobody who they are: everybody is anonymous, and may read and write.
type Door struct{ authenticator auth.Authenticator }

// New returns the door of a server whose callers are known to an authenticator. nil asks
// nobody.
func New(a auth.Authenticator) *Door { return &Door{a} }

// Admit returns the context of a request with its principal in it, if whoever brings the
// credentials may use the method or the route. What is public is let in without a look
// at them, and has no principal. Otherwise the error is a *fault.Problem, UNAUTHENTICATED
// or PERMISSION_DENIED, or what the authenticator says.
//
// It waits as long as the authenticator does.
func (d *Door) Admit(ctx context.Context, name string, c auth.Credentials) (context.Context, error) {
	needs, ok := needed(name)
	switch {
	case !ok:
		return nil, errNoRule
	case needs == public:
		return ctx, nil
	case d == nil || d.authenticator == nil:
		return auth.NewContext(ctx, auth.Anonymous()), nil
	}
	p, err := d.authenticator.Authenticate(ctx, c)
	if err != nil {
		return nil, err
	}
	return enter(ctx, p, needs)
}

// enter returns the context of a principal that may do what is needed.
func enter(ctx context.Context, p *auth.Principal, needs auth.Permission) (context.Context, error) {
	if p == nil {
		return nil, errNobody
	}
	if !p.May(needs) {
		return nil, notAllowed(needs)
	}
	return auth.NewContext(ctx, p), nil
}

// errNoRule is about a mistake of ours, which must not open anything.
var errNoRule = &fault.Problem{
	Code: codes.PermissionDenied, Reason: "NOT_ALLOWED", Message: "nobody may use this",
	Hint: "it is in no table of permissions",
}

// errNobody is what a caller is told that came in without a principal.
var errNobody = &fault.Problem{
	Code: codes.Unauthenticated, Reason: "NO_CREDENTIAL",
	Message: "this server asks who you are", Hint: "send a token in the header Authorization: Bearer <token>",
}

func notAllowed(needs auth.Permission) error {
	what := "read"
	if needs&auth.Write != 0 {
		what = "write"
	}
	return &fault.Problem{
		Code: codes.PermissionDenied, Reason: "NOT_ALLOWED",
		Message: fmt.Sprintf("your credentials do not allow to %s", what),
		Hint:    "have it allowed in the access file of the server, or use other credentials",
	}
}
