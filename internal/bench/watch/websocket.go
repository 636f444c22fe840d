package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/bench/load"
)

// closeTimeout is how long it may take to write a close frame.
const closeTimeout = 5 * time.Second

// WebSocket opens a stream at an address, host:port. buffer is how many bytes are read at
// a time.
func WebSocket(ctx context.Context, address string, filter *loggerv1.LogFilter, buffer int, to Receiver) (*Stream, error) {
	dialer := websocket.Dialer{ReadBufferSize: buffer}
	socket, response, err := dialer.DialContext(ctx, "ws://"+address+"/logs/monitor", nil)
	if response != nil {
		_ = response.Body.Close() // it holds at most what Dial has read
	}
	if err != nil {
		return nil, fmt.Errorf("open a WebSocket: %w", err)
	}
	text, err := protojson.Marshal(filter)
	if err == nil {
		err = socket.WriteMessage(websocket.TextMessage, text)
	}
	if err != nil {
		_ = socket.Close()
		return nil, fmt.Errorf("send a filter: %w", err)
	}
	receive := func(s *Stream) error { return receiveWebSocket(s, socket, to) }
	halfClose := func() error {
		farewell := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		return socket.WriteControl(websocket.CloseMessage, farewell, time.Now().Add(closeTimeout))
	}
	return start(receive, halfClose, func() { _ = socket.Close() }), nil
}

func receiveWebSocket(s *Stream, socket *websocket.Conn, to Receiver) error {
	var line bytes.Buffer
	for {
		_, reader, err := socket.NextReader()
		if err == nil {
			line.Reset()
			_, err = io.Copy(&line, reader)
		}
		switch {
		case websocket.IsCloseError(err, websocket.CloseNormalClosure):
			return nil
		case err != nil:
			return err
		}
		if err := receiveLine(s, line.Bytes(), to); err != nil {
			return err
		}
	}
}

// receiveLine hands on what one frame has.
func receiveLine(s *Stream, line []byte, to Receiver) error {
	if _, rest, ok := bytes.Cut(line, []byte(`"message":"`)); ok {
		if id, ok := load.ParseID(rest); ok {
			to.Entry(id)
			return nil
		}
	}
	var f struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(line, &f); err != nil {
		return fmt.Errorf("a frame is no JSON: %w", err)
	}
	if f.Error != nil {
		return fmt.Errorf("the server has ended the stream: %s", f.Error)
	}
	n := &loggerv1.LogEntry{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(f.Result, n); err != nil {
		return fmt.Errorf("a frame is no entry: %w", err)
	}
	s.notice(n, to)
	return nil
}
