package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
)

// admission is who may come in. It is the one place that every request passes before
// anything is upgraded, read or opened, in this order:
//
//  1. the origin of what a browser sends: its own, or one of the allow-list;
//  2. who is asking, and whether they have as much open as they may: those checks belong
//     into guard, behind the first.
type admission struct {
	origins map[string]bool
	// unsafe refuses what a page of another origin makes a browser send with a method
	// that changes something.
	unsafe *http.CrossOriginProtection
}

func newAdmission(origins []string) (*admission, error) {
	a := &admission{origins: make(map[string]bool), unsafe: http.NewCrossOriginProtection()}
	for _, origin := range origins {
		if err := a.unsafe.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("gateway: origin %q: %w: write it as https://logs.example.org", origin, err)
		}
		a.origins[strings.ToLower(origin)] = true
	}
	return a, nil
}

func (a *admission) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What is sent back has text of the client in it, and of log lines.
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := a.checkOrigin(r); err != nil {
			writeError(w, err)
			return
		}
		// Until there is a list of proxies to trust, what a client says about whom it
		// forwards for is hearsay.
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			r.Header.Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

// checkOrigin returns why the page that makes a browser send a request may not. The
// proxy lets every page on the web open a WebSocket, with the cookies of the user.
func (a *admission) checkOrigin(r *http.Request) error {
	origin := r.Header.Get("Origin")
	switch {
	case upgrades(r):
		// No origin: not a browser, and whoever is not can claim any.
		if origin == "" || a.trusts(origin, r.Host) {
			return nil
		}
	default:
		if a.unsafe.Check(r) == nil {
			return nil
		}
	}
	return &httpError{
		code: codes.PermissionDenied, reason: "ORIGIN",
		message: fmt.Sprintf("pages of the origin %q may not use this server", origin),
		hint:    "open the page from the server's own address, or have its origin put on the list of those that may",
	}
}

// trusts reports whether an origin is that of the server itself or on the list.
func (a *admission) trusts(origin, host string) bool {
	if a.origins[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}
