package door

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// WebConfig is what a [Web] needs to know. The zero value is good for a server that is
// reached by its address alone.
type WebConfig struct {
	// Origins are the origins, such as https://logs.example.org, whose pages may use the
	// server besides its own.
	Origins []string
	// Hosts are the names by which the server goes, besides numbers and localhost.
	Hosts []string
	// Proxies are believed about whom they forward for.
	Proxies Proxies
	// TLS tells that the server speaks nothing else.
	TLS bool
}

// Web lets HTTP requests in. It is safe for concurrent use.
type Web struct {
	door     *Door
	cfg      WebConfig
	browsers *browsers
	refuse   func(http.ResponseWriter, *http.Request, error)
}

// Web returns the door for HTTP. refuse answers what is not let in: the error is a
// *fault.Problem, or what the authenticator says.
func (d *Door) Web(cfg WebConfig, refuse func(http.ResponseWriter, *http.Request, error)) (*Web, error) {
	b, err := newBrowsers(cfg.Origins, cfg.Hosts)
	if err != nil {
		return nil, err
	}
	return &Web{d, cfg, b, refuse}, nil
}

// Guard stands around all routes: it refuses what a page of another origin makes a
// browser send, sets the headers that every answer has, and finds out where a request
// comes from, for the context.
func (web *Web) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.secure(w.Header())
		if err := web.browsers.check(r); err != nil {
			web.refuse(w, r, err)
			return
		}
		if address := web.cfg.Proxies.client(r); address != nil {
			r = r.WithContext(peer.NewContext(r.Context(), &peer.Peer{Addr: address}))
			r.RemoteAddr = address.String()
		}
		// From here on these are hearsay.
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			r.Header.Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

// secure sets what every answer says to a browser. Pages say more, or other things.
func (web *Web) secure(h http.Header) {
	// What is sent back has text of the client in it, and of log lines.
	h.Set("X-Content-Type-Options", "nosniff")
	// Nothing here runs; the console of a browser that shows it may ask the server more.
	h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if web.cfg.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Admit lets requests of one route ("GET /logs") through to next, with their principal in
// the context and without their credentials. A WebSocket may bring its token as a
// sub-protocol; what is left in that header is what the answer may name.
func (web *Web) Admit(route string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := web.admit(route, r)
		if err != nil {
			web.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (web *Web) admit(route string, r *http.Request) (ctx context.Context, err error) {
	c := auth.Credentials{Authorization: slices.Clone(r.Header.Values("Authorization"))}
	if upgrades(r) {
		c.Authorization = append(c.Authorization, takeSubprotocols(r.Header)...)
	}
	if r.TLS != nil {
		c.Certificate = leaf(r.TLS.VerifiedChains)
	}
	r.Header.Del("Authorization")
	r.Header.Del("Cookie")
	if needs, ok := needed(route); ok && needs != public {
		if err := checkQuery(r.URL); err != nil {
			return nil, err
		}
	}
	return web.door.Admit(r.Context(), route, c)
}

// checkQuery refuses a token in the URL, where histories, proxies and logs keep it.
func checkQuery(u *url.URL) error {
	if !strings.Contains(u.RawQuery, "token") {
		return nil
	}
	for _, name := range []string{"token", "access_token", "auth_token"} {
		if u.Query().Has(name) {
			return &fault.Problem{
				Code: codes.InvalidArgument, Reason: "TOKEN_IN_URL",
				Message: "a token in the URL is not taken: it stays in histories and logs",
				Hint: "send it in the header Authorization: Bearer <token>, or from a page as the WebSocket sub-protocol " +
					"bearer.<token in base64url>; and have this one replaced",
			}
		}
	}
	return nil
}
