package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

const (
	defaultValues = 10
	maxValues     = 1_000
	defaultWindow = 10_000
	maxWindow     = 100_000
	// maxFields and maxDistinct bound what one call holds in memory: entries can have any
	// attributes, and values that are different every time, like ids, are of no use here.
	maxFields   = 1_000
	maxDistinct = 10_000
	// maxValueBytes is how long a value may be to be listed: nobody completes a longer one,
	// and ten of each of maxFields still fit into the 4 MiB that gRPC clients take.
	maxValueBytes = 256
	// maxTallyBytes bounds what the values of all fields take together, valueBytes for each
	// beside its text: maxDistinct of maxFields would be a gigabyte.
	maxTallyBytes = 16 << 20
	valueBytes    = 64
)

// ListFields counts the fields and values of recent entries.
func (s *Service) ListFields(ctx context.Context, req *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error) {
	r, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	values, window := int(req.GetValues()), int(req.GetWindow())
	switch {
	case values > maxValues:
		return nil, fault.Invalid("values", "values is above its limit of 1,000", "ask for fewer")
	case window > maxWindow:
		return nil, fault.Invalid("window", "window is above its limit of 100,000", "ask for fewer")
	}
	m, err := s.compile(&loggerv1.LogFilter{Query: req.GetQuery()})
	if err != nil {
		return nil, err
	}
	t := tally{prefix: req.GetPrefix(), fields: make(map[string]*fieldTally)}
	if err := r.recent(ctx, cmp.Or(window, defaultWindow), func(e *entry.Entry) error {
		matches, err := s.hub.Selects(ctx, m, e)
		if matches {
			t.add(e)
		}
		return err
	}); err != nil {
		return nil, err
	}
	return t.response(cmp.Or(values, defaultValues)), nil
}

// recent calls visit with the newest entries that may be read, the newest first: as many as
// the window holds, or as it finds within pageTime. The window does not count those that may
// not be read: how many of them there are between the others would show.
func (r *reader) recent(ctx context.Context, window int, visit func(*entry.Entry) error) error {
	s, deadline := r.service, time.Now().Add(pageTime)
	bounds := s.history.Bounds()
	for before := bounds.Head + 1; window > 0 && before > bounds.Floor+1 && time.Now().Before(deadline); {
		b, err := s.readBackward(ctx, before)
		if err != nil {
			return err
		}
		for _, e := range slices.Backward(b.Entries) {
			if !r.may(e) {
				continue
			}
			if err := visit(e); err != nil {
				return err
			}
			if window--; window == 0 {
				return nil
			}
		}
		if b.Through == b.After { // what is left has been removed since
			return nil
		}
		before = b.After + 1
	}
	return nil
}

// tally counts fields.
type tally struct {
	prefix  string
	fields  map[string]*fieldTally
	entries uint32
	bytes   int // what the values take
}

type fieldTally struct {
	entries uint32
	values  map[string]uint32
}

func (t *tally) add(e *entry.Entry) {
	t.entries++
	t.count("severity", e.Severity.String())
	t.count("service", e.Service)
	t.count("host", e.Host)
	for _, a := range e.Attributes {
		t.count("attributes."+a.Key, a.Value)
	}
}

func (t *tally) count(field, value string) {
	if value == "" || !strings.HasPrefix(field, t.prefix) {
		return
	}
	f := t.fields[field]
	if f == nil {
		if len(t.fields) >= maxFields {
			return
		}
		f = &fieldTally{values: make(map[string]uint32)}
		t.fields[field] = f
	}
	f.entries++
	if _, known := f.values[value]; !known {
		bytes := valueBytes + len(value)
		if len(value) > maxValueBytes || len(f.values) >= maxDistinct || t.bytes+bytes > maxTallyBytes {
			return
		}
		t.bytes += bytes
		value = strings.Clone(value) // not with the block of entries that it lies in
	}
	f.values[value]++
}

// response lists the fields, the commonest first, with their commonest values.
func (t *tally) response(values int) *loggerv1.ListFieldsResponse {
	r := &loggerv1.ListFieldsResponse{Entries: t.entries}
	for _, name := range slices.Sorted(maps.Keys(t.fields)) {
		f := t.fields[name]
		field := &loggerv1.Field{Name: name, Entries: f.entries, Distinct: uint32(len(f.values))} //nolint:gosec // G115: at most maxDistinct.
		for _, value := range slices.Sorted(maps.Keys(f.values)) {
			field.Values = append(field.Values, &loggerv1.FieldValue{Value: value, Entries: f.values[value]})
		}
		slices.SortStableFunc(field.Values, func(a, b *loggerv1.FieldValue) int { return cmp.Compare(b.GetEntries(), a.GetEntries()) })
		field.Values = field.Values[:min(len(field.Values), values)]
		r.Fields = append(r.Fields, field)
	}
	slices.SortStableFunc(r.Fields, func(a, b *loggerv1.Field) int { return cmp.Compare(b.GetEntries(), a.GetEntries()) })
	return r
}
