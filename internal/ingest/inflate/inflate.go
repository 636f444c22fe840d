// Package inflate reads the body of a request within bounds: of what comes over the wire,
// and of what it expands to. A body that would exceed a bound costs no more than the
// bound, however much it promises.
package inflate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Limits bound a body. A limit that is 0 has its default.
type Limits struct {
	// Wire bounds the bytes as they come. Default 4 MiB.
	Wire int64
	// Decoded bounds the bytes that they expand to. Default 20 MiB.
	Decoded int64
	// Hit, if not nil, is called with LimitWire or LimitDecoded each time that one bites.
	Hit func(limit string)
}

// The names of the limits, as Hit is told them: the keys of the configuration.
const (
	LimitWire    = "ingest.body_size"
	LimitDecoded = "ingest.decoded_size"
)

func (l Limits) hit(limit string) {
	if l.Hit != nil {
		l.Hit(limit)
	}
}

const (
	defaultWire    = 4 << 20
	defaultDecoded = 20 << 20
)

// Errors of ReadAll. Others are those of the body's reader.
var (
	// ErrTooLarge means that the body exceeds a limit.
	ErrTooLarge = errors.New("the body is too large")
	// ErrEncoding means that the content encoding is not supported.
	ErrEncoding = errors.New("the content encoding is not supported: send gzip or identity")
	// ErrDamaged means that the body is not what its encoding says.
	ErrDamaged = errors.New("the body is not valid gzip")
)

// ReadAll returns the body, decoded from its Content-Encoding: gzip, or identity, which
// may be left out.
func ReadAll(body io.Reader, encoding string, limits Limits) ([]byte, error) {
	if limits.Wire <= 0 {
		limits.Wire = defaultWire
	}
	if limits.Decoded <= 0 {
		limits.Decoded = defaultDecoded
	}
	wire := &bounded{from: body, left: limits.Wire, limit: limits.Wire, what: "as sent", hit: func() { limits.hit(LimitWire) }}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		wire.left = min(limits.Wire, limits.Decoded)
		wire.limit = wire.left
		return io.ReadAll(wire)
	case "gzip", "x-gzip":
		return gunzip(wire, limits)
	default:
		return nil, fmt.Errorf("%w, not %q", ErrEncoding, encoding)
	}
}

// turns bound how many bodies are expanded at a time, in the whole process: half as many as
// there are processors, so that the others are left to those who send no bombs. Each may take Limits.Decoded of memory, for which
// whoever sends a bomb has to send a thousandth: thirty at once took 600 MiB. A client that
// is slow has no turn yet, for its body is read before.
var turns = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// scratch is what bodies are expanded into. Only what turns out to be good is copied: to grow
// a buffer to 20 MiB leaves as much behind for each bomb, until the garbage is collected.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func gunzip(wire io.Reader, limits Limits) ([]byte, error) {
	packed, err := io.ReadAll(wire)
	if err != nil {
		return nil, err
	}
	turns <- struct{}{}
	defer func() { <-turns }()
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer unzip.Close()
	data := scratch.Get().(*bytes.Buffer) //nolint:errcheck,forcetypeassert // the pool's New says so.
	defer scratch.Put(data)
	data.Reset()
	_, err = data.ReadFrom(&bounded{
		from: unzip, left: limits.Decoded, limit: limits.Decoded, what: "expanded", hit: func() { limits.hit(LimitDecoded) },
	})
	switch {
	case err == nil:
		return bytes.Clone(data.Bytes()), nil
	case errors.Is(err, ErrTooLarge):
		return nil, err
	default:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}

// bounded fails with ErrTooLarge at the first byte over its limit.
type bounded struct {
	from        io.Reader
	left, limit int64
	what        string
	hit         func()
	// err is how from ended, if not by its own end.
	err error
}

var _ io.Reader = (*bounded)(nil)

func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	// One byte more than is left tells a body that ends at the limit from one that goes on.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	if int64(n) > b.left {
		b.hit()
		b.err = fmt.Errorf("%w %s: at most %d bytes are taken", ErrTooLarge, b.what, b.limit)
		return int(b.left), b.err
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
