// Package token is the form of the bearer tokens that logsieve itself gives out:
//
//	sk_<id>_<secret>
//
// The id names the token in the access file and in logs; it is no secret. The secret is
// at least [MinSecret] random bytes in base64url without padding. Only the SHA-256 sum of
// a whole token is kept: a secret that nobody can guess needs no slow hash.
//
// No error of this package repeats a token or a part of one.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

const (
	// Prefix begins every token: it tells them from JWTs, and lets scanners for secrets
	// find one that was committed somewhere.
	Prefix = "sk_"
	// MinSecret is how many bytes a secret has at least. Fewer than 128 bits are refused
	// even where their sum is listed: somebody has made that token up.
	MinSecret = 16
	// MaxID is how many bytes an id has at most.
	MaxID = 64

	secretBytes = 32
	// maxText is far above what New makes. It bounds the work for what is no token.
	maxText = 512
)

var (
	// ErrForm is what Parse returns for what cannot be a token.
	ErrForm = errors.New("this is not a token: it would begin with sk_, then have an id, _ and a secret")
	// ErrWeak is what Parse returns for a token whose secret could be guessed.
	ErrWeak = errors.New("the secret of this token is shorter than 16 bytes: make a new one")
)

// Sum is what is kept of a token.
type Sum [sha256.Size]byte

// New returns a token with a new secret of 32 bytes, and its sum. The id must be valid,
// see [ValidID].
func New(id string) (text string, sum Sum) {
	secret := make([]byte, secretBytes)
	// Read fills the whole slice or ends the process.
	_, _ = rand.Read(secret)
	text = Prefix + id + "_" + base64.RawURLEncoding.EncodeToString(secret)
	return text, sha256.Sum256([]byte(text))
}

// NewID returns an id that is as good as unique, of ten lower-case letters and digits.
func NewID() string { return strings.ToLower(rand.Text()[:10]) }

// Parse returns the id and the sum of a token. It holds the form to the letter: there is
// one text for each token.
func Parse(text string) (id string, sum Sum, err error) {
	rest, ok := strings.CutPrefix(text, Prefix)
	if !ok || len(text) > maxText {
		return "", Sum{}, ErrForm
	}
	id, encoded, ok := strings.Cut(rest, "_")
	if !ok || !ValidID(id) || strings.ContainsAny(encoded, "\r\n") { // the decoder skips line ends
		return "", Sum{}, ErrForm
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	switch {
	case err != nil:
		return "", Sum{}, ErrForm
	case len(secret) < MinSecret:
		return "", Sum{}, ErrWeak
	}
	return id, sha256.Sum256([]byte(text)), nil
}

// ValidID tells whether an id can stand in a token: 1 to [MaxID] letters of ASCII, digits
// and hyphens.
func ValidID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return id != "" && len(id) <= MaxID
}

// Equal compares in constant time.
func (s Sum) Equal(other Sum) bool { return subtle.ConstantTimeCompare(s[:], other[:]) == 1 }

// String returns the sum as it stands in an access file: 64 hexadecimal digits.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// ParseSum reads what String returns. It takes capitals too.
func ParseSum(text string) (Sum, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != sha256.Size {
		return Sum{}, errors.New("is not a SHA-256 sum: write 64 hexadecimal digits, as logsieve token new prints them")
	}
	return Sum(b), nil
}
