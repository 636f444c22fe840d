package gateway

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// badFrame is the Reason of a frame that cannot be decoded.
const badFrame = "INVALID_FRAME"

// filterHint shows what a frame looks like.
const filterHint = `a frame is one JSON object, for example {"query":"severity>=ERROR"}; {} selects everything`

// notText returns the refusal of a frame that is empty or not UTF-8, or nil.
func notText(message []byte) *loggerv1.Rejected {
	if len(bytes.TrimSpace(message)) == 0 {
		return refusal("the frame is empty", filterHint)
	}
	if utf8.Valid(message) {
		return nil
	}
	at := 0
	for at < len(message) {
		r, size := utf8.DecodeRune(message[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return place(refusal(fmt.Sprintf("the frame is not UTF-8: byte %d is not valid", at), "encode the text as UTF-8"), message, at)
}

func refusal(message, hint string) *loggerv1.Rejected {
	return &loggerv1.Rejected{Code: int32(codes.InvalidArgument), Reason: badFrame, Message: message, Hint: hint}
}

// place says where in a frame the mistake is.
func place(r *loggerv1.Rejected, message []byte, at int) *loggerv1.Rejected {
	at = min(max(at, 0), len(message))
	before := message[:at]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	r.Begin = uint32(at)                                      //nolint:gosec // G115: at most the length of a frame.
	r.End = uint32(min(at+1, len(message)))                   //nolint:gosec // G115: see above.
	r.Line = uint32(1 + bytes.Count(before, newline))         //nolint:gosec // G115: see above.
	r.Column = uint32(1 + utf8.RuneCount(before[lineStart:])) //nolint:gosec // G115: see above.
	return r
}

var newline = []byte{'\n'}

// protojson has no typed errors: what is wrong, and where, stands in the text alone. Where
// a text is not one of these, it is passed on as it is.
var (
	jsonPlace     = regexp.MustCompile(`\(line (\d+):(\d+)\): (.*)$`)
	unknownField  = regexp.MustCompile(`^unknown field "(.*)"$`)
	invalidEnum   = regexp.MustCompile(`^invalid value for enum field (\w+): (.*)$`)
	invalidValue  = regexp.MustCompile(`^invalid value for (\w+) field (\w+): (.*)$`)
	oneofSet      = regexp.MustCompile(`^error parsing "(.*)", oneof .* is already set$`)
	duplicateName = regexp.MustCompile(`^duplicate field "(.*)"$`)
)

// explain returns what is wrong with a frame that protojson has refused, as the message
// of this descriptor.
func explain(message []byte, err error, of protoreflect.MessageDescriptor) *loggerv1.Rejected {
	text := strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\u00a0", " "), "proto: ")
	found := jsonPlace.FindStringSubmatch(text)
	if found == nil {
		if strings.Contains(text, "unexpected EOF") {
			return place(refusal("the frame is not whole JSON: it ends too early", filterHint), message, len(message))
		}
		return refusal("the frame is not a filter: "+text, filterHint)
	}
	r := describe(found[3], of)
	return place(r, message, offset(message, atoi(found[1]), atoi(found[2])))
}

func describe(text string, of protoreflect.MessageDescriptor) *loggerv1.Rejected {
	text = shorten(text)
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return refusal(fmt.Sprintf("there is no field %q in a filter", m[1]), fieldHint(of, m[1]))
	}
	if m := invalidEnum.FindStringSubmatch(text); m != nil {
		r := refusal(fmt.Sprintf("%s has no value %s", fieldName(of, m[1]), m[2]), "")
		if f := of.Fields().ByJSONName(m[1]); f != nil {
			r.Field, r.Hint = string(f.Name()), enumHint(f.Enum())
		}
		return r
	}
	if m := invalidValue.FindStringSubmatch(text); m != nil {
		return refusal(fmt.Sprintf("%s cannot be %s", fieldName(of, m[2]), m[3]), "send a value of the type "+m[1])
	}
	if m := oneofSet.FindStringSubmatch(text); m != nil {
		return refusal(fmt.Sprintf("%s contradicts another field that says where to begin", m[1]),
			"send only one of after_cursor, since and last")
	}
	if m := duplicateName.FindStringSubmatch(text); m != nil {
		return refusal(fmt.Sprintf("the field %q is there twice", m[1]), "send it once")
	}
	return refusal("the frame is not a filter in JSON: "+text, filterHint)
}

// maxQuoted bounds what of a frame is said back, in bytes: an unknown field's name may be
// as long as a frame.
const maxQuoted = 200

// shorten returns a text without its middle where it is too long; what is quoted in it
// still ends with its quotation mark.
func shorten(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	head, tail := maxQuoted/2, len(text)-maxQuoted/2
	for !utf8.RuneStart(text[head]) {
		head--
	}
	for !utf8.RuneStart(text[tail]) {
		tail++
	}
	return text[:head] + "…" + text[tail:]
}

// fieldName returns the name in the contract of a field that protojson calls by its other
// name.
func fieldName(of protoreflect.MessageDescriptor, jsonName string) string {
	if f := of.Fields().ByJSONName(jsonName); f != nil {
		return string(f.Name())
	}
	return jsonName
}

// fieldHint names the field that was meant or, when none is near, all.
func fieldHint(of protoreflect.MessageDescriptor, name string) string {
	var all []string
	best, bestDistance := "", 3 // two letters wrong are a slip, three another word
	for i := range of.Fields().Len() {
		field := string(of.Fields().Get(i).Name())
		all = append(all, field)
		if d := levenshtein.Distance(strings.ToLower(name), field, nil); d < bestDistance {
			best, bestDistance = field, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "the fields are " + strings.Join(all, ", ")
}

func enumHint(e protoreflect.EnumDescriptor) string {
	var names []string
	for i := range e.Values().Len() {
		if v := e.Values().Get(i); v.Number() != 0 {
			names = append(names, string(v.Name()))
		}
	}
	return "send one of " + strings.Join(names, ", ")
}

// offset returns where in a text a line and a column are, both from 1, the column in
// characters.
func offset(text []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			return len(text)
		}
		at += next + 1
	}
	for ; column > 1 && at < len(text); column-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0 // more digits than a frame has bytes
	}
	return n
}
