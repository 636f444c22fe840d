package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// TestCursorTooOld lets retention overtake a cursor: whoever comes with it is told so, and
// what to do, and a stream that does it gets the rest.
func TestCursorTooOld(t *testing.T) {
	t.Parallel()
	s := server.Start(t, server.Checked, server.NewSettings(t, server.Settings{"store.max_size": "64MiB"}))
	c := dial(t, s)
	first, err := c.Write(t.Context(), &loggerv1.LogEntry{Message: "the first"})
	if err != nil {
		t.Fatal(err)
	}
	old := first.GetCursor()
	// Text that does not compress, so that the store grows by what is written: 120 MB.
	noise := make([]byte, 180_000)
	for range 50 {
		var batch []*loggerv1.LogEntry
		for range 10 {
			_, _ = rand.Read(noise) // never fails
			batch = append(batch, &loggerv1.LogEntry{Message: base64.StdEncoding.EncodeToString(noise)})
		}
		if _, err := c.Write(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	logger := loggerv1.NewLoggerClient(c.Conn())
	eventually(t, "retention has removed the first entry", func() bool {
		_, err := logger.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{AfterCursor: old, PageSize: 1})
		return status.Code(err) == codes.OutOfRange
	})
	w := wrongFilter{
		name: "too old", frame: `{"after_cursor": "` + old + `"}`,
		filter: afterCursor(old), code: codes.OutOfRange, says: []string{"too old", "since or last"},
	}
	stream, err := logger.Tail(t.Context(), w.filter)
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	w.check(t, "Tail", status.Code(err), status.Convert(err).Message())

	socket := openSocket(t, s.HTTP, w.frame)
	f, err := nextFrame(t, socket)
	if err != nil || f.Error == nil {
		t.Fatalf("WebSocket: got %s and %v, want an error frame", f.Result, err)
	}
	w.check(t, "WebSocket", f.Error.Code, f.Error.Message)
	if _, err := nextFrame(t, socket); !websocket.IsCloseError(err, 4416) {
		t.Errorf("the WebSocket ended with %v, want close code 4416", err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.HTTP+"/logs/tail?after_cursor="+old, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	_, p := exchange(t, request)
	w.check(t, "GET /logs/tail", p.Code, p.Message)

	// As the refusal says:
	stream, err = logger.Tail(t.Context(), last(1))
	if err != nil {
		t.Fatal(err)
	}
	if e, err := stream.Recv(); err != nil || e.GetCursor() == "" {
		t.Errorf("the last entry is %v, %v", e, err)
	}
}
