package app

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

// opened is what became of the attempt to open a WebSocket.
type opened struct {
	code     codes.Code
	protocol string
}

func open(t *testing.T, a *App, query string, header http.Header) opened {
	t.Helper()
	socket, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+a.Addresses().HTTP+"/logs/monitor"+query, header)
	if resp == nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	got := opened{protocol: resp.Header.Get("Sec-WebSocket-Protocol")}
	switch resp.StatusCode {
	case http.StatusSwitchingProtocols:
		_ = socket.Close()
	case http.StatusUnauthorized:
		got.code = codes.Unauthenticated
	case http.StatusForbidden:
		got.code = codes.PermissionDenied
	case http.StatusBadRequest:
		got.code = codes.InvalidArgument
	default:
		t.Errorf("the upgrade is answered with %s", resp.Status)
	}
	return got
}

// TestSocketsOfEverybody has everybody open a WebSocket, with their token in each of the
// places where one may stand. Nobody is upgraded who may not read.
func TestSocketsOfEverybody(t *testing.T) {
	a, everybody := start(t, nil)
	for who, r := range everybody {
		secret, isBearer := strings.CutPrefix(r.authorization, "Bearer ")
		if !isBearer {
			continue
		}
		want := codes.OK
		switch {
		case !r.known:
			want = codes.Unauthenticated
		case r.may&auth.Read == 0:
			want = codes.PermissionDenied
		}
		coded := base64.RawURLEncoding.EncodeToString([]byte(secret))
		for place, c := range map[string]struct{ header, value, answer string }{
			"the header":               {"Authorization", r.authorization, ""},
			"our sub-protocol":         {"Sec-WebSocket-Protocol", "logs.v1, bearer." + coded, "logs.v1"},
			"the proxy's sub-protocol": {"Sec-WebSocket-Protocol", "Bearer, " + secret, "Bearer"},
		} {
			got := open(t, a, "", http.Header{c.header: {c.value}})
			if got.code != want || want == codes.OK && got.protocol != c.answer {
				t.Errorf("%s in %s: %+v, want %v and %q", who, place, got, want, c.answer)
			}
			if strings.Contains(got.protocol, coded) || strings.Contains(got.protocol, secret) {
				t.Errorf("%s in %s: the token comes back", who, place)
			}
		}
		if got := open(t, a, "?token="+secret, nil); got.code != codes.InvalidArgument {
			t.Errorf("%s in the URL: %v", who, got.code)
		}
		if got := open(t, a, "", http.Header{"Cookie": {"token=" + secret}}); got.code != codes.Unauthenticated {
			t.Errorf("%s in a cookie: %v", who, got.code)
		}
	}
	both := everybody["both"].authorization
	for name, header := range map[string]http.Header{
		"a page of another origin": {"Authorization": {both}, "Origin": {"https://evil.example"}},
		"another name":             {"Authorization": {both}, "Host": {"evil.example"}},
	} {
		if got := open(t, a, "", header); got.code != codes.PermissionDenied {
			t.Errorf("%s: %v", name, got.code)
		}
	}
}
