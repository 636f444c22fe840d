package ceiling

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// sockets is a bare WebSocket server: one write a message.
type sockets struct{ message *message }

var _ http.Handler = (*sockets)(nil)

// ServeHTTP sends what the first message of the client asks for, and closes.
func (s *sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the client has been told
	}
	defer socket.Close() //nolint:errcheck // the close frame has been sent, or the client has gone
	_, text, err := socket.ReadMessage()
	if err != nil {
		return
	}
	f := &loggerv1.LogFilter{}
	if err := protojson.Unmarshal(text, f); err != nil {
		return // the client sees that nothing comes
	}
	one := func() error { return socket.WriteMessage(websocket.TextMessage, s.message.line) }
	if err := send(r.Context(), f, one); err != nil {
		return
	}
	const patience = time.Second
	farewell := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = socket.WriteControl(websocket.CloseMessage, farewell, time.Now().Add(patience)) // as above
}
