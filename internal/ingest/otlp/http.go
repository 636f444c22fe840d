package otlp

import (
	"errors"
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

// LogsPath is where OTLP/HTTP sends logs.
const LogsPath = "/v1/logs"

// encoding is the form of a request's body, and of the answer's.
type encoding struct {
	contentType string
	// marshal encodes the answer, status the google.rpc.Status of a refusal.
	marshal func(plogotlp.ExportResponse) ([]byte, error)
	status  func(proto.Message) ([]byte, error)
}

var (
	protobuf = encoding{"application/x-protobuf", plogotlp.ExportResponse.MarshalProto, proto.Marshal}
	jsonForm = encoding{"application/json", plogotlp.ExportResponse.MarshalJSON, protojson.Marshal}
)

var _ http.Handler = (*Receiver)(nil)

// ServeHTTP takes in logs that are sent with POST to LogsPath, in protobuf or JSON, gzipped
// or not. A refusal is a google.rpc.Status in the encoding of the request.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	form, refusal := negotiate(w, req)
	if refusal != 0 {
		return
	}
	data, err := inflate.ReadAll(req.Body, req.Header.Get("Content-Encoding"), r.limits)
	if err == nil && form.contentType == jsonForm.contentType {
		data, err = fromJSON(data)
	}
	if err != nil {
		code := http.StatusBadRequest
		switch {
		case errors.Is(err, inflate.ErrEncoding):
			code = http.StatusUnsupportedMediaType
		case errors.Is(err, inflate.ErrTooLarge), errors.Is(err, errTooMuch):
			code = http.StatusRequestEntityTooLarge
			// What is left of the body is not worth reading.
			w.Header().Set("Connection", "close")
		}
		form.refuse(w, code, r.statusOf(req.Context(), err))
		return
	}
	response, err := r.receive(req.Context(), data)
	if err != nil {
		s := r.statusOf(req.Context(), err)
		form.refuse(w, httpCode(w, s), s)
		return
	}
	body, err := form.marshal(response)
	if err != nil {
		form.refuse(w, http.StatusInternalServerError, status.New(codes.Internal, "the answer could not be encoded"))
		return
	}
	form.write(w, http.StatusOK, body)
}

// Refuse answers a request that is not let in, in the encoding of the request.
func Refuse(w http.ResponseWriter, req *http.Request, err error) {
	st, _ := fault.Status(err)
	form, _ := formOf(req)
	form.refuse(w, httpCode(w, st), st)
}

// formOf returns the encoding of a request, JSON where it names none that is known.
func formOf(req *http.Request) (form encoding, known bool) {
	media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if media == protobuf.contentType {
		return protobuf, err == nil
	}
	return jsonForm, err == nil && media == jsonForm.contentType
}

// negotiate returns the encoding of a request that is for us. It answers any other itself
// and returns the code of that answer.
func negotiate(w http.ResponseWriter, req *http.Request) (form encoding, refusal int) {
	form, known := formOf(req)
	refuse := func(code int, s *status.Status) (encoding, int) {
		form.refuse(w, code, s)
		return form, code
	}
	switch {
	case req.URL.Path != LogsPath:
		return refuse(http.StatusNotFound, status.Newf(codes.NotFound, "only logs are taken here, at %s", LogsPath))
	case req.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return refuse(http.StatusMethodNotAllowed, status.New(codes.Unimplemented, "send logs with POST"))
	case !known:
		return refuse(http.StatusUnsupportedMediaType, status.Newf(codes.InvalidArgument,
			"send %s or %s, not %q", protobuf.contentType, jsonForm.contentType, req.Header.Get("Content-Type")))
	}
	return form, 0
}

// httpCode returns the HTTP status of a refusal, and says when to come back if that helps.
// Senders try 429, 502, 503 and 504 again, and drop what was answered with another.
func httpCode(w http.ResponseWriter, s *status.Status) int {
	retry := retryDelay(s)
	if retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(retry.Seconds()))))
	}
	switch s.Code() {
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.Unauthenticated:
		w.Header().Set("WWW-Authenticate", "Bearer")
		return http.StatusUnauthorized
	case codes.PermissionDenied:
		return http.StatusForbidden
	case codes.ResourceExhausted:
		if retry > 0 {
			return http.StatusTooManyRequests
		}
		return http.StatusRequestEntityTooLarge
	default:
		// The store cannot now, the server stops, or the sender has gone.
		return http.StatusServiceUnavailable
	}
}

// retryDelay returns when a refusal asks to come back, 0 if it does not.
func retryDelay(s *status.Status) time.Duration {
	for _, d := range s.Details() {
		if retry, ok := d.(*errdetails.RetryInfo); ok {
			return retry.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

func (f encoding) refuse(w http.ResponseWriter, code int, s *status.Status) {
	body, err := f.status(s.Proto())
	if err != nil {
		body = nil // The code says the most of it.
	}
	f.write(w, code, body)
}

func (f encoding) write(w http.ResponseWriter, code int, body []byte) {
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	_, _ = w.Write(body) // Should the sender have gone, nobody is there to be told.
}
