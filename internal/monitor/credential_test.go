package monitor_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

const lifetime = 20 * time.Second

// shortLived returns two principals that come to their end in different ways, and what
// brings it about.
func shortLived() map[string]func() (*auth.Principal, func()) {
	return map[string]func() (*auth.Principal, func()){
		"expires": func() (*auth.Principal, func()) {
			p := &auth.Principal{Name: "mine", Permissions: auth.Read, Expires: time.Now().Add(lifetime)}
			return p, func() { time.Sleep(lifetime) }
		},
		"is withdrawn": func() (*auth.Principal, func()) {
			withdrawn := make(chan struct{})
			p := &auth.Principal{Name: "mine", Permissions: auth.Read, Revoked: withdrawn}
			return p, func() { close(withdrawn) }
		},
	}
}

// TestCredentialEndsALiveStream ends it at that moment, with a cursor to go on from.
func TestCredentialEndsALiveStream(t *testing.T) {
	for name, made := range shortLived() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t)
				p, end := made()
				begun := time.Now()
				m := s.as(p).monitor(all())
				m.live(1)
				s.write(3)
				m.entries(1, 1, 2, 3)
				end()
				g := m.next().GetNotice().GetGoodbye()
				if g.GetReason() != loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED || g.GetCursor() != s.store.Epoch().Cursor(3) {
					t.Errorf("the goodbye is %v", g)
				}
				if _, err := m.Recv(); status.Code(err) != codes.Unauthenticated {
					t.Errorf("ended with %v", err)
				}
				if lasted := time.Since(begun); lasted > lifetime {
					t.Errorf("it lasted %v, and the credential %v", lasted, lifetime)
				}
			})
		})
	}
}

// TestCredentialEndsAStalledStream has a client that does not read while its credential
// ends: it gets what was on its way, and a cursor to go on from.
func TestCredentialEndsAStalledStream(t *testing.T) {
	for name, made := range shortLived() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t)
				p, end := made()
				const written = 600
				writeLarge(s, written)
				m := s.as(p).monitor(last("", written))
				synctest.Wait() // the stream waits for its client
				end()
				synctest.Wait()
				received, cursor := 0, ""
				e := m.next()
				for ; e.GetNotice().GetGoodbye() == nil; e = m.next() {
					if e.GetNotice() == nil {
						received++
						cursor = e.GetCursor()
					}
				}
				if g := e.GetNotice().GetGoodbye(); g.GetCursor() != cursor {
					t.Errorf("the goodbye is %v behind the entry %s", g, cursor)
				}
				if received == written {
					t.Error("all entries came after the credential had ended")
				}
			})
		})
	}
}

// writeLarge stores entries of 1 KiB.
func writeLarge(s *server, entries int) {
	s.t.Helper()
	req := &loggerv1.WriteEntriesRequest{}
	for range entries {
		req.Entries = append(req.Entries, &loggerv1.LogEntry{Message: strings.Repeat("x", 1<<10)})
	}
	if _, err := s.WriteEntries(s.t.Context(), req); err != nil {
		s.t.Fatal(err)
	}
}

// TestCredentialEndsBeforeAFilter ends a stream that nothing was asked of yet.
func TestCredentialEndsBeforeAFilter(t *testing.T) {
	for name, made := range shortLived() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t)
				p, end := made()
				m := s.as(p).monitor()
				synctest.Wait()
				end()
				if _, err := m.Recv(); status.Code(err) != codes.Unauthenticated {
					t.Errorf("ended with %v", err)
				}
			})
		})
	}
}

// TestAuditLine looks at what a stream leaves in the server's log.
func TestAuditLine(t *testing.T) {
	for level, wantFilter := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelDebug: true} {
		t.Run(level.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, func(c *setup) { c.level = level })
				m := s.as(principal(t, "token:ci", "service=a")).monitor(query("secretvalue OR entry"))
				m.live(1)
				s.write(4)
				m.entries(1, 1, 3)
				time.Sleep(time.Second)
				m.cancel()
				synctest.Wait()
				text := s.log.String()
				want := `msg="a stream ended" principal=token:ci peer=bufconn lasted=1s entries=2 filters=1 ended=CANCELED`
				if !strings.Contains(text, want) {
					t.Errorf("the log has no line with %q:\n%s", want, text)
				}
				if strings.Contains(text, `filter="service=a AND (entry OR secretvalue)"`) != wantFilter ||
					strings.Contains(text, "secretvalue") != wantFilter {
					t.Errorf("whether the filter is in the log should be %t:\n%s", wantFilter, text)
				}
			})
		})
	}
}
