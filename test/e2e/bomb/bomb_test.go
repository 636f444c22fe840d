package bomb_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/seed-2f16ea30/logsieve/test/e2e/bomb"
)

// TestGzip checks the bomb itself: it is what it says.
func TestGzip(t *testing.T) {
	const size = 64 << 20
	body, err := bomb.Gzip(size)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, 2*size))
	if n != size || err != nil {
		t.Errorf("%d bytes and %v, want %d", n, err, size)
	}
}
