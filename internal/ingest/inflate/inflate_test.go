package inflate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

func gzipped(tb testing.TB, data []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// lie changes what a body says about its size.
func lie(body []byte, size uint32) []byte {
	return binary.LittleEndian.AppendUint32(body[:len(body)-4], size)
}

func TestReadAll(t *testing.T) {
	text := strings.Repeat("a log line\n", 1000)
	limits := inflate.Limits{Wire: int64(len(text)), Decoded: int64(len(text))} // exactly enough
	for encoding, body := range map[string][]byte{
		"": []byte(text), "identity": []byte(text), "gzip": gzipped(t, []byte(text)), "GZIP": gzipped(t, []byte(text)),
		"x-gzip": append(gzipped(t, []byte(text[:100])), gzipped(t, []byte(text[100:]))...),
	} {
		got, err := inflate.ReadAll(iotest.HalfReader(bytes.NewReader(body)), encoding, limits)
		if err != nil || string(got) != text {
			t.Errorf("%q: %d bytes, %v; want %d", encoding, len(got), err, len(text))
		}
	}
}

func TestReadAllBounds(t *testing.T) {
	text := bytes.Repeat([]byte("x"), 1000)
	for name, c := range map[string]struct {
		body     []byte
		encoding string
		limits   inflate.Limits
		want     string
	}{
		"wire":             {text, "", inflate.Limits{Wire: 999, Decoded: 5000}, "as sent"},
		"wire and decoded": {text, "", inflate.Limits{Wire: 5000, Decoded: 999}, "as sent"},
		"expanded":         {gzipped(t, text), "gzip", inflate.Limits{Wire: 5000, Decoded: 999}, "expanded"},
		"a lie about it":   {lie(gzipped(t, text), 10), "gzip", inflate.Limits{Wire: 5000, Decoded: 999}, "expanded"},
		"wire of gzip":     {gzipped(t, text), "gzip", inflate.Limits{Wire: 20, Decoded: 5000}, "as sent"},
	} {
		var hits []string
		c.limits.Hit = func(limit string) { hits = append(hits, limit) }
		_, err := inflate.ReadAll(bytes.NewReader(c.body), c.encoding, c.limits)
		limit := map[string]string{"as sent": inflate.LimitWire, "expanded": inflate.LimitDecoded}[c.want]
		if len(hits) != 1 || hits[0] != limit {
			t.Errorf("%s: counted as %q, want %s", name, hits, limit)
		}
		if !errors.Is(err, inflate.ErrTooLarge) || errors.Is(err, inflate.ErrDamaged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadAllFailures(t *testing.T) {
	whole := gzipped(t, []byte("text"))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // its checksum
	for name, c := range map[string]struct {
		body     io.Reader
		encoding string
		want     error
	}{
		"unknown":       {bytes.NewReader(whole), "br", inflate.ErrEncoding},
		"two encodings": {bytes.NewReader(whole), "gzip, gzip", inflate.ErrEncoding},
		"no gzip":       {strings.NewReader("text"), "gzip", inflate.ErrDamaged},
		"empty gzip":    {strings.NewReader(""), "gzip", inflate.ErrDamaged},
		"cut":           {bytes.NewReader(whole[:len(whole)-1]), "gzip", inflate.ErrDamaged},
		"a wrong size":  {bytes.NewReader(lie(bytes.Clone(whole), 3)), "gzip", inflate.ErrDamaged},
		"checksum":      {bytes.NewReader(damaged), "gzip", inflate.ErrDamaged},
		"reader":        {iotest.ErrReader(io.ErrNoProgress), "", io.ErrNoProgress},
		"gzip's reader": {io.MultiReader(bytes.NewReader(whole[:12]), iotest.ErrReader(io.ErrNoProgress)), "gzip", io.ErrNoProgress},
	} {
		if _, err := inflate.ReadAll(c.body, c.encoding, inflate.Limits{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
