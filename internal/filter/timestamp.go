package filter

import (
	"math"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// timestamp is a predicate: the entry's own time is before, after or at this one.
type timestamp struct {
	op operator
	// bound is in nanoseconds since 1970 UTC, as in an entry.
	bound int64
}

var _ predicate = (*timestamp)(nil)

func (p *timestamp) match(e *entry.Entry) bool {
	return e.Timestamp != 0 && compares(p.op, e.Timestamp, p.bound)
}

func (p *timestamp) cost() Cost { return costTimestamp }

func (p *timestamp) requirements() []Requirement {
	return field{kind: TimestampField}.bounded(p.op, p.bound)
}

func (p *timestamp) appendText(b []byte) []byte {
	b = append(append(b, "timestamp"...), p.op...)
	return time.Unix(0, p.bound).UTC().AppendFormat(b, time.RFC3339Nano)
}

// compileTimestamp makes the tree of a comparison of the timestamp.
func compileTimestamp(op operator, v value) (expr, error) {
	has := leaf(&present{field{kind: TimestampField}})
	text, star := v.pattern()
	if star && text == "" && (op == opEqual || op == opHas) {
		return has, nil
	}
	positive, contrary := op.positive()
	if positive == opHas || positive == opMatch {
		return expr{}, v.fail("compare it with =, !=, <, <=, > or >=", "timestamp cannot be searched as a text")
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || star {
		return expr{}, v.fail("write it like 2026-11-21T13:45:00Z or 2026-11-21T13:45:00.5+09:00", "%s is not a time", echo(v.raw))
	}
	const limit = math.MaxInt64/int64(time.Second) - 1
	if s := at.Unix(); s < -limit || s > limit {
		return expr{}, v.fail("compare with a time of the years 1678 to 2262", "%s is out of range", echo(v.raw))
	}
	x := leaf(&timestamp{positive, at.UnixNano()})
	if contrary {
		return all(has, negate(x)), nil
	}
	return x, nil
}
