package abuse

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// named is a header that a request has, as %s is its port, and whether it is let in with it.
type named struct {
	value   string
	allowed bool
}

// The hosts and origins of the matrix, for a server at 127.0.0.1 that goes by the name
// logs.example.org, and lets the pages of https://desk.example.org use it.
var (
	hosts = []named{
		{"127.0.0.1:%s", true},
		{"localhost:%s", true},
		{"LOCALHOST:%s", true},
		{"localhost.:%s", true},
		{"[::1]:%s", true},
		{"logs.example.org", true},
		{"Logs.Example.Org:%s", true},
		{"10.1.2.3", true},
		{"evil.example", false},
		{"evil.example:%s", false},
		{"localhost.evil.example", false},
		{"evil.example.", false},
		{"logs.example.org.evil.example", false},
		{"127.0.0.1.evil.example:%s", false},
		{"xlogs.example.org", false},
	}
	origins = []named{
		{"", true},
		{"https://desk.example.org", true},
		{"HTTPS://DESK.example.org", true},
		{"http://HOST", true},
		{"https://HOST", true},
		{"null", false},
		{"http://evil.example", false},
		{"https://evil.example", false},
		{"http://desk.example.org", false},
		{"https://desk.example.org:444", false},
		{"https://desk.example.org.evil.example", false},
		{"https://xdesk.example.org", false},
		{"http://127.0.0.1:1", false},
		{"https://desk.example.org@evil.example", false},
		{"http://HOST@evil.example", false},
		{"http://HOST.evil.example", false},
		{"file://", false},
		{"chrome-extension://abc", false},
		{"http://HOST http://evil.example", false},
		{"*", false},
		{"http://[::1", false},
		{"%00", false},
	}
)

// TestOriginsAndHosts sends what a browser would on behalf of pages from anywhere.
func TestOriginsAndHosts(t *testing.T) {
	attack{
		order: 20, name: "pages of other origins, DNS rebinding", expected: "101 or 200 where host and origin are the server's own or listed, 403 else",
		settings: server.Settings{"http.origins": []string{"https://desk.example.org"}, "http.hosts": []string{"logs.example.org"}},
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			methods := []string{"upgrade", "GET", "POST"}
			var got tally
			each(t, len(hosts)*len(origins)*len(methods), func(n int) error {
				host, origin, method := hosts[n%len(hosts)], origins[n/len(hosts)%len(origins)], methods[n/len(hosts)/len(origins)]
				return visit(t, s, n, method, host, origin, &got)
			})
			return fmt.Sprintf("%d: %d hosts × %d origins × %d ways", got.total(), len(hosts), len(origins), len(methods)), got.String()
		},
	}.launch(t)
}

// visit sends one request of the matrix.
func visit(t *testing.T, s *server.Server, n int, method string, host, origin named, got *tally) error {
	t.Helper()
	_, port, _ := strings.Cut(s.HTTP, ":")
	name := strings.ReplaceAll(host.value, "%s", port)
	page := strings.ReplaceAll(origin.value, "HOST", name)
	answer, err := browse(t, s, n, method, name, page)
	if err != nil {
		return fmt.Errorf("%s, Host %s, Origin %s: %w", method, name, page, err)
	}
	allowed := host.allowed && origin.allowed
	if is := answer != http.StatusForbidden && answer != http.StatusBadRequest; is != allowed {
		return fmt.Errorf("%s, Host %s, Origin %s: answered with %d", method, name, page, answer)
	}
	got.add(fmt.Sprint(answer))
	return nil
}

// browse sends a request by hand: net/http would not send some of these headers.
func browse(t *testing.T, s *server.Server, n int, method, host, origin string) (status int, err error) {
	t.Helper()
	conn, err := dialFrom(t.Context(), n, s.HTTP)
	if err != nil {
		return 0, err
	}
	defer conn.Close()                             //nolint:errcheck // what it had to say was read
	_ = conn.SetDeadline(time.Now().Add(patience)) // the read tells
	request := "Host: " + host + "\r\n"
	if origin != "" {
		request += "Origin: " + origin + "\r\n"
	}
	switch method {
	case "upgrade":
		request = "GET /logs/monitor HTTP/1.1\r\n" + request + "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	case "POST":
		const body = `{"message":"hello","service":"page"}`
		request = "POST /logs HTTP/1.1\r\n" + request + "Content-Type: application/x-ndjson\r\nConnection: close\r\n" +
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	default:
		request = "GET /logs?page_size=1 HTTP/1.1\r\n" + request + "Connection: close\r\n\r\n"
	}
	if _, err := io.WriteString(conn, request); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
