package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// overWebSocket returns a subscriber on a WebSocket of its own, which is resumed by hand:
// with the last cursor, as a page in a browser does it.
func overWebSocket(name, address string) *subscriber {
	return newSubscriber(name, func(ctx context.Context) (bidi, error) { return dialSocket(ctx, address) })
}

// handshakeTimeout bounds the handshake: a line that swallows would hold it for ever.
const handshakeTimeout = 5 * time.Second

// socket is a Monitor stream over a WebSocket. Its errors are those of a gRPC stream.
type socket struct {
	conn *websocket.Conn
	// refusal is the last frame, if that was an error.
	refusal *status.Status
}

var (
	_ bidi      = (*socket)(nil)
	_ io.Closer = (*socket)(nil)
)

func dialSocket(ctx context.Context, address string) (*socket, error) {
	dialer := websocket.Dialer{HandshakeTimeout: handshakeTimeout}
	conn, response, err := dialer.DialContext(ctx, "ws://"+address+"/logs/monitor", http.Header{})
	if response != nil {
		_ = response.Body.Close() // the handshake has read it
	}
	if err != nil {
		return nil, err
	}
	return &socket{conn: conn}, nil
}

// Send sends a filter.
func (s *socket) Send(f *loggerv1.LogFilter) error {
	text, err := protojson.Marshal(f)
	if err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, text)
}

// CloseSend closes the client's side: the server sends what is due and ends the stream.
func (s *socket) CloseSend() error {
	deadline := time.Now().Add(patience)
	return s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), deadline)
}

// Close gives the connection up, with no word to the server.
func (s *socket) Close() error { return s.conn.Close() }

// Recv returns the next entry or notice. At the end it returns io.EOF for a quiet one, and
// otherwise the status that the last frame told; a connection that broke is UNAVAILABLE.
func (s *socket) Recv() (*loggerv1.LogEntry, error) {
	for {
		_, text, err := s.conn.ReadMessage()
		if err != nil {
			_ = s.conn.Close() // it has ended
			return nil, s.ended(err)
		}
		var frame struct {
			Result json.RawMessage `json:"result"`
			Error  *struct {
				Code    int    `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := json.Unmarshal(text, &frame); err != nil {
			return nil, fmt.Errorf("the frame %q: %w", text, err)
		}
		if frame.Error != nil {
			s.refusal = status.New(codes.Code(frame.Error.Code), frame.Error.Message) //nolint:gosec // G115: a code of gRPC.
			continue
		}
		m := &loggerv1.LogEntry{}
		if err := protojson.Unmarshal(frame.Result, m); err != nil {
			return nil, fmt.Errorf("the frame %q: %w", text, err)
		}
		return m, nil
	}
}

// ended returns the error that the end of a connection stands for. A close code that does
// not go with the last frame is an error of its own.
func (s *socket) ended(err error) error {
	end, isEnd := errors.AsType[*websocket.CloseError](err)
	told := isEnd && end.Code != websocket.CloseAbnormalClosure
	switch {
	case !told:
		return status.Errorf(codes.Unavailable, "the connection broke: %v", err)
	case s.refusal != nil && end.Code != websocket.CloseNormalClosure:
		return s.refusal.Err()
	case s.refusal == nil && end.Code == websocket.CloseNormalClosure:
		return io.EOF
	default:
		return fmt.Errorf("the close frame says %d %q after the error %v", end.Code, end.Text, s.refusal)
	}
}
