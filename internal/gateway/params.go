package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// badParameter is the Reason of a query parameter that cannot be used.
const badParameter = "INVALID_PARAMETER"

// firstFilter returns the filter that the query parameters of a WebSocket make, nil if
// there are none. The gateway leaves them out for methods whose client streams.
func firstFilter(u *url.URL) (*loggerv1.LogFilter, error) {
	if u.RawQuery == "" {
		return nil, nil
	}
	f := &loggerv1.LogFilter{}
	values, err := parameters(u, f.ProtoReflect().Descriptor())
	if err != nil {
		return nil, err
	}
	if err := runtime.PopulateQueryParameters(f, values, utilities.NewDoubleArray(nil)); err != nil {
		return nil, invalid(badParameter, err.Error(), "")
	}
	return f, nil
}

// parameters returns the query parameters of a request if each is a field of this message
// and has a value of its type. The gateway leaves out what is none: a filter with a
// letter wrong in min_severity would then deliver everything.
func parameters(u *url.URL, of protoreflect.MessageDescriptor) (url.Values, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, invalid(badParameter, "the query of the URL cannot be read: "+err.Error(),
			"escape what is not a letter, a digit or one of -._~")
	}
	begins := 0
	for key, all := range values {
		f, err := parameter(of, key, all)
		if err != nil {
			return nil, err
		}
		if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
			begins++
		}
	}
	if begins > 1 {
		return nil, invalid(badParameter, "the parameters contradict each other about where to begin",
			"send only one of after_cursor, since and last")
	}
	return values, nil
}

// mapKey is the name of a parameter that sets one key of a map: attributes[user_id].
var mapKey = regexp.MustCompile(`^([^\[\]]*)\[(.*)\]$`)

// parameter returns the field that a parameter sets.
func parameter(of protoreflect.MessageDescriptor, key string, values []string) (protoreflect.FieldDescriptor, error) {
	name, isKey := key, false
	if m := mapKey.FindStringSubmatch(key); m != nil {
		name, isKey = m[1], true
	}
	f := of.Fields().ByTextName(name)
	if f == nil {
		f = of.Fields().ByJSONName(name)
	}
	switch {
	case f == nil:
		return nil, invalid(badParameter, fmt.Sprintf("there is no parameter %q", shorten(key)), fieldHint(of, shorten(name)))
	case f.IsMap() != isKey && f.IsMap():
		return nil, invalid(badParameter, fmt.Sprintf("%s needs a key", key), fmt.Sprintf("send %s[user_id]=42, for example", key))
	case f.IsMap() != isKey:
		return nil, invalid(badParameter, fmt.Sprintf("%s has no keys", name), "send "+name+"=…")
	case len(values) > 1 && !f.IsList():
		return nil, invalid(badParameter, fmt.Sprintf("%s is there %d times", key, len(values)), "send it once")
	}
	for _, v := range values {
		if hint := wrongValue(f, v); hint != "" {
			return nil, invalid(badParameter, fmt.Sprintf("%s cannot be %q", shorten(key), shorten(v)), hint)
		}
	}
	return f, nil
}

// wrongValue returns what would be right where a value is not of a field's type.
func wrongValue(f protoreflect.FieldDescriptor, v string) (hint string) {
	switch f.Kind() {
	case protoreflect.EnumKind:
		if f.Enum().Values().ByName(protoreflect.Name(v)) == nil {
			return enumHint(f.Enum())
		}
	case protoreflect.Uint32Kind:
		if _, err := strconv.ParseUint(v, 10, 32); err != nil {
			return "send a number from 0 to 4294967295"
		}
	case protoreflect.BoolKind:
		if _, err := strconv.ParseBool(v); err != nil {
			return "send true or false"
		}
	case protoreflect.MessageKind:
		if f.IsMap() {
			return ""
		}
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
			return "send a time such as 2026-01-31T12:00:00Z"
		}
	default:
	}
	return ""
}

// serveUnary serves a method whose request stands in the query parameters.
func (g *Gateway) serveUnary(request proto.Message) http.HandlerFunc {
	of := request.ProtoReflect().Descriptor()
	return func(w http.ResponseWriter, r *http.Request) {
		if err := withoutBody(r); err != nil {
			writeError(w, err)
			return
		}
		if _, err := parameters(r.URL, of); err != nil {
			writeError(w, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		g.mux.ServeHTTP(w, r)
	}
}

// withoutBody refuses a body where none is looked at: the generated handlers would read
// it to its end first, which may never come.
func withoutBody(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	return invalid("BODY", r.Method+" "+r.URL.Path+" takes no body", "put the fields into the query of the URL")
}
