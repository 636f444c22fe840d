package entry

// settle makes the strings of an entry point into its encoding. Without it an entry in
// memory held its text twice, and whatever piece of a request it was cut from: twice as much
// as budgets counted. It goes through the encoding as AppendWire made it, which takes a fifth
// of what decoding it would, and both must stay alike.
func (e *Entry) settle() {
	w := encoded(e.wire)
	w.skipMessage(e.Timestamp != 0)
	w.skipMessage(e.Observed != 0)
	if e.Severity != 0 {
		w = w[4:] // two numbers of one byte
	}
	w.text(&e.Service)
	w.text(&e.Host)
	w.text(&e.Message)
	for i := range e.Attributes {
		a := &e.Attributes[i]
		w.skipHeader(sizeString(a.Key) + sizeString(a.Value))
		w.text(&a.Key)
		w.text(&a.Value)
	}
	w.text(&e.TraceID)
	w.text(&e.SpanID)
}

// encoded is what is left of an encoding.
type encoded []byte

// skipMessage steps over a message that is shorter than 128 bytes, if it is there.
func (w *encoded) skipMessage(there bool) {
	if there {
		*w = (*w)[2+(*w)[1]:]
	}
}

// skipHeader steps over the tag and the length of a field with n bytes.
func (w *encoded) skipHeader(n int) {
	header := 2
	for ; n >= 0x80; n >>= 7 {
		header++
	}
	*w = (*w)[header:]
}

// text makes a string point to where it stands next, and steps over it.
func (w *encoded) text(s *string) {
	n := len(*s)
	if n == 0 {
		return
	}
	w.skipHeader(n)
	*s = alias((*w)[:n])
	*w = (*w)[n:]
}
