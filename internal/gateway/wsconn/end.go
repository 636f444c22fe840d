package wsconn

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// The codes of a close frame (RFC 6455, section 7.4.1) that are sent by a Conn itself or
// by those who end it.
const (
	Normal        = 1000
	GoingAway     = 1001
	NotText       = 1007
	Policy        = 1008
	TooBig        = 1009
	Internal      = 1011
	Restart       = 1012
	TryAgainLater = 1013
	// TooFast is not of the RFC: it is the HTTP status 429 above the codes that are free
	// for applications.
	TooFast = 4429
)

// maxReason is the longest reason, in bytes, that fits into a close frame.
const maxReason = shortLength - 2

// End is why a connection ends: what its close frame says.
type End struct {
	// Code is that of a close frame: 1000 to 1014 or 3000 to 4999.
	Code int
	// Reason is for people. What is longer than 123 bytes is cut.
	Reason string
}

// Error makes an End the error that a read of the connection returns.
func (e *End) Error() string { return fmt.Sprintf("connection ended with %d: %s", e.Code, e.Reason) }

var _ error = (*End)(nil)

// appendClose appends the close frame.
func (e *End) appendClose(dst []byte) []byte {
	reason := cut(e.Reason, maxReason)
	dst = appendHeader(dst, opClose, 2+len(reason))
	dst = binary.BigEndian.AppendUint16(dst, uint16(e.Code)) //nolint:gosec // G115: see End.Code.
	return append(dst, reason...)
}

// cut returns s, or what of it fits into n bytes with an ellipsis at its end. A client
// refuses a reason that is not UTF-8, so no character is cut in half.
func cut(s string, n int) string {
	const ellipsis = "…"
	if len(s) <= n {
		return s
	}
	n -= len(ellipsis)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + ellipsis
}
