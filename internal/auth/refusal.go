package auth

import (
	"errors"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// cause is why a request is not let in, for the metrics and the log of the server. What
// the caller is told says less: see tell.
type cause string

const (
	causeMissing     cause = "missing"     // there is no credential at all
	causeMalformed   cause = "malformed"   // not of the form of any credential
	causeUnknown     cause = "unknown"     // a token, issuer, key or certificate that is not listed
	causeWrong       cause = "wrong"       // a secret or a signature does not fit
	causeExpired     cause = "expired"     // good once
	causeClaims      cause = "claims"      // a JWT that is signed well, but not for this server or not now
	causeNoGrant     cause = "no_grant"    // good, and grants nothing here
	causeUnavailable cause = "unavailable" // the keys of an issuer cannot be had
)

// causes are all of them, so that each metric is there from the start.
func causes() []cause {
	return []cause{
		causeMissing, causeMalformed, causeUnknown, causeWrong, causeExpired, causeClaims, causeNoGrant, causeUnavailable,
	}
}

// refusal is the error of a request that is not let in.
type refusal struct {
	cause cause
	*fault.Problem
}

// Unwrap lets fault.Describe find what the caller is told.
func (r *refusal) Unwrap() error { return r.Problem }

func refuse(c cause) error { return &refusal{c, tell(c)} }

func causeOf(err error) cause {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.cause
	}
	return causeMalformed
}

// retryIssuer is when to come back while an issuer cannot be reached.
const retryIssuer = 5 * time.Second

// tell returns what the caller is told. Whether an id is known, which of several checks
// has failed, and what the server trusts is for those who run it; that a credential which
// is genuine has expired, or grants nothing, is no news to who has it.
func tell(c cause) *fault.Problem {
	switch c {
	case causeMissing:
		return &fault.Problem{
			Code: codes.Unauthenticated, Reason: "NO_CREDENTIAL",
			Message: "this server asks who you are", Hint: "send a token in the header Authorization: Bearer <token>",
		}
	case causeExpired:
		return &fault.Problem{
			Code: codes.Unauthenticated, Reason: "CREDENTIAL_EXPIRED",
			Message: "the credential has expired", Hint: "get a new one and try again",
		}
	case causeNoGrant:
		return &fault.Problem{
			Code: codes.PermissionDenied, Reason: "NO_GRANT",
			Message: "the credential is genuine, but nothing here is open to it",
			Hint:    "whoever runs the server can grant you something in its access file",
		}
	case causeUnavailable:
		return &fault.Problem{
			Code: codes.Unavailable, Reason: "ISSUER_UNAVAILABLE", RetryAfter: retryIssuer,
			Message: "the token cannot be checked now, because the keys of its issuer are out of reach", Hint: "try again",
		}
	default:
		return &fault.Problem{
			Code: codes.Unauthenticated, Reason: "BAD_CREDENTIAL",
			Message: "the credential is not accepted",
			Hint:    "send it whole and unchanged, as Authorization: Bearer <token>; the log of the server says more",
		}
	}
}
