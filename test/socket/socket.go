package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

const (
	// handshakeTimeout bounds the handshake: a line that swallows would hold it for ever.
	handshakeTimeout = 10 * time.Second
	// controlTimeout bounds the writing of a close frame.
	controlTimeout = 10 * time.Second
)

// Stream is a Monitor stream. Make it with [Dial].
type Stream struct {
	conn *websocket.Conn
	// left is the code of our own close frame, which the server's repeats.
	left atomic.Int64
	// refusal is the last frame, if that was an error; end the close frame.
	refusal *status.Status
	end     *websocket.CloseError
}

var _ io.Closer = (*Stream)(nil)

// Dial opens a stream on the server at an address, host:port. The header may be nil. The
// context bounds the handshake alone, which takes ten seconds at most.
func Dial(ctx context.Context, address string, header http.Header) (*Stream, error) {
	dialer := websocket.Dialer{HandshakeTimeout: handshakeTimeout}
	conn, response, err := dialer.DialContext(ctx, "ws://"+address+"/logs/monitor", header)
	if response != nil {
		_ = response.Body.Close() // the handshake has read it
	}
	if err != nil {
		return nil, err
	}
	return &Stream{conn: conn}, nil
}

// Send sends a filter.
func (s *Stream) Send(f *loggerv1.LogFilter) error {
	text, err := protojson.Marshal(f)
	if err != nil {
		return err
	}
	return s.SendText(string(text))
}

// SendText sends a frame, whatever is in it.
func (s *Stream) SendText(text string) error {
	return s.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

// CloseSend sends a close frame with 1000: the server ends the stream, with the same code.
func (s *Stream) CloseSend() error { return s.Leave(websocket.CloseNormalClosure) }

// Leave sends a close frame.
func (s *Stream) Leave(code int) error {
	s.left.Store(int64(code))
	deadline := time.Now().Add(controlTimeout)
	return s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), deadline)
}

// Close gives the connection up, with no word to the server. It may be called more than
// once.
func (s *Stream) Close() error { return s.conn.Close() }

// Recv returns the next entry or notice. At the end it returns io.EOF for a quiet one, and
// otherwise the status that the last frame told; a connection that broke is UNAVAILABLE.
func (s *Stream) Recv() (*loggerv1.LogEntry, error) {
	for {
		_, text, err := s.conn.ReadMessage()
		if err != nil {
			_ = s.conn.Close() // it has ended
			return nil, s.ended(err)
		}
		m, err := s.parse(text)
		if m != nil || err != nil {
			return m, err
		}
	}
}

// parse returns the entry or notice of a frame, and nil if it is the error that comes last.
func (s *Stream) parse(text []byte) (*loggerv1.LogEntry, error) {
	// Cut by hand, not decoded twice: tests have hundreds of streams.
	if result, ok := bytes.CutPrefix(text, []byte(`{"result":`)); ok {
		m := &loggerv1.LogEntry{}
		if err := protojson.Unmarshal(bytes.TrimSuffix(result, []byte("}")), m); err != nil {
			return nil, fmt.Errorf("the frame %q: %w", text, err)
		}
		return m, nil
	}
	var frame struct {
		Error struct {
			Code    codes.Code `json:"code"`
			Message string     `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &frame); err != nil {
		return nil, fmt.Errorf("the frame %q: %w", text, err)
	}
	s.refusal = status.New(frame.Error.Code, frame.Error.Message)
	return nil, nil //nolint:nilnil // neither: see above.
}

// ended returns the error that the end of a connection stands for. A close code that does
// not go with the last frame is an error of its own.
func (s *Stream) ended(err error) error {
	end, isEnd := errors.AsType[*websocket.CloseError](err)
	if !isEnd || end.Code == websocket.CloseAbnormalClosure {
		return status.Errorf(codes.Unavailable, "the connection broke: %v", err)
	}
	s.end = end
	switch quiet := end.Code == websocket.CloseNormalClosure || end.Code == int(s.left.Load()); {
	case s.refusal != nil && !quiet:
		return s.refusal.Err()
	case s.refusal == nil && quiet:
		return io.EOF
	default:
		return fmt.Errorf("the close frame says %d %q after the error %v", end.Code, end.Text, s.refusal)
	}
}

// CloseCode returns the code of the server's close frame, once Recv has returned an error;
// 0 if there was none.
func (s *Stream) CloseCode() int {
	if s.end == nil {
		return 0
	}
	return s.end.Code
}
