package jwt

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// published is an issuer that answers in the process: time is made up here, which the
// network knows nothing of.
type published struct {
	keys  string
	down  bool
	slow  time.Duration
	asked int
}

const name = "https://issuer.example"

func (p *published) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(p.slow):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if p.down {
		return nil, errors.New("down")
	}
	text := p.keys
	if r.URL.Path == discoveryPath {
		p.asked++
		text = `{"issuer": "` + name + `", "jwks_uri": "` + name + `/keys"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(text))}, nil
}

// keySetOf returns a key set of one key with this id.
func keySetOf(id string) string {
	return `{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "` + id + `", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`
}

func follow(p *published) *Remote {
	r := NewRemote(name, nil, slog.New(slog.DiscardHandler))
	r.client.Transport = p
	return r
}

func find(t *testing.T, r *Remote, id string, want error) {
	t.Helper()
	if _, err := r.Find(t.Context(), id, "EdDSA"); !errors.Is(err, want) {
		t.Errorf("Find(%q) = %v, want %v", id, err, want)
	}
}

// A new key is taken as soon as it is used, and one that is gone for no longer than the
// interval.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &published{keys: keySetOf("old")}
		r := follow(p)
		find(t, r, "old", nil)
		p.keys = keySetOf("new")
		find(t, r, "new", ErrUnknown) // asked a moment ago
		time.Sleep(FetchInterval)
		find(t, r, "new", nil)
		find(t, r, "old", ErrUnknown)
		p.keys = keySetOf("newest")
		time.Sleep(RefreshInterval - time.Second)
		r.Keep(t.Context())
		find(t, r, "new", nil)
		time.Sleep(time.Second)
		r.Keep(t.Context())
		find(t, r, "new", ErrUnknown)
		find(t, r, "newest", nil)
		if p.asked != 3 {
			t.Errorf("the issuer was asked %d times, want 3", p.asked)
		}
	})
}

// While an issuer cannot be reached its last keys do, but not for ever.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &published{keys: keySetOf("k")}
		r := follow(p)
		find(t, r, "k", nil)
		p.down = true
		for range 95 { // of 15 minutes each
			time.Sleep(RefreshInterval)
			r.Keep(t.Context())
			find(t, r, "k", nil)
		}
		time.Sleep(RefreshInterval + time.Second)
		find(t, r, "k", ErrUnavailable)
		p.down = false
		time.Sleep(FetchInterval)
		find(t, r, "k", nil)
	})
}

// An issuer that does not answer holds a request up for FetchTimeout, and the others for
// as long as their own context.
func TestSlowIssuer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &published{keys: keySetOf("k"), slow: time.Hour}
		r := follow(p)
		began := time.Now()
		done := make(chan time.Duration)
		for _, patience := range []time.Duration{time.Hour, time.Second} {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if _, err := r.Find(ctx, "k", "EdDSA"); !errors.Is(err, ErrUnavailable) {
					t.Errorf("got %v", err)
				}
				done <- time.Since(began)
			}()
			synctest.Wait()
		}
		if first, last := <-done, <-done; first != time.Second || last != FetchTimeout {
			t.Errorf("took %v and %v, want 1s and %v", first, last, FetchTimeout)
		}
	})
}

// Who goes away does not use up the attempt of the others.
func TestImpatientClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &published{keys: keySetOf("k"), slow: time.Second}
		r := follow(p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := r.Find(ctx, "k", "EdDSA"); err != nil {
			t.Errorf("got %v", err)
		}
		find(t, r, "k", nil)
		if p.asked != 1 {
			t.Errorf("the issuer was asked %d times", p.asked)
		}
	})
}

// What is kept can be stopped.
func TestKeepEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := follow(&published{slow: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		r.Keep(ctx)
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestRedirects(t *testing.T) {
	request := func(url string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := refuseRedirect(request("https://elsewhere.example/"), nil); err != nil {
		t.Error(err)
	}
	if err := refuseRedirect(request("http://elsewhere.example/"), nil); err == nil {
		t.Error("a redirect to plain text is followed")
	}
	if err := refuseRedirect(request("https://elsewhere.example/"), make([]*http.Request, maxRedirects+1)); err == nil {
		t.Error("redirects are followed for ever")
	}
}
