package monitor

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// reader is who a call reads for. What it returns is all that the call may tell. It is
// immutable and safe for concurrent use.
type reader struct {
	service   *Service
	principal *auth.Principal
	// scope is what may be read; nil is everything.
	scope *filter.Matcher
	// cursors are those of readers with this scope.
	cursors store.Cursors
}

// reader returns who a call reads for. A call that says not who it comes from reads
// nothing: it has come in by a way that asks nobody.
func (s *Service) reader(ctx context.Context) (*reader, error) {
	p := auth.FromContext(ctx)
	switch {
	case p == nil:
		return nil, errNobody
	case !p.May(auth.Read):
		return nil, errMayNotRead
	}
	r := &reader{service: s, principal: p, cursors: s.history.Epoch().Plain()}
	if p.Scope != nil && p.Scope.Canonical() != "" {
		r.scope = p.Scope
		r.cursors = s.history.Epoch().Sealed(s.cfg.CursorSecret, "read:"+p.Scope.Canonical())
	}
	return r, nil
}

// writerCursors returns the cursors that a writer is told. Who may not read gets some that
// nobody can use: where in the log an entry lies tells how much the others write.
func (s *Service) writerCursors(ctx context.Context) (store.Cursors, error) {
	p := auth.FromContext(ctx)
	switch {
	case p == nil:
		return store.Cursors{}, errNobody
	case !p.May(auth.Write):
		return store.Cursors{}, errMayNotWrite
	case !p.May(auth.Read):
		return s.history.Epoch().Sealed(s.cfg.CursorSecret, "nothing"), nil
	}
	r, err := s.reader(ctx)
	if err != nil {
		return store.Cursors{}, err
	}
	return r.cursors, nil
}

var (
	errNobody = &fault.Problem{
		Code: codes.Unauthenticated, Reason: "UNAUTHENTICATED",
		Message: "the call does not say who it comes from", Hint: "send a credential",
	}
	errMayNotRead = &fault.Problem{
		Code: codes.PermissionDenied, Reason: "PERMISSION_DENIED",
		Message: "this credential does not permit to read", Hint: "use one that does",
	}
	errMayNotWrite = &fault.Problem{
		Code: codes.PermissionDenied, Reason: "PERMISSION_DENIED",
		Message: "this credential does not permit to write", Hint: "use one that does",
	}
)

// within returns the filter that selects what m does of what may be read. The scope is
// judged first: see [filter.And].
func (r *reader) within(m *filter.Matcher) *filter.Matcher {
	if r.scope == nil {
		return m
	}
	return filter.And(r.scope, m)
}

// may tells whether an entry may be read.
func (r *reader) may(e *entry.Entry) bool { return r.scope == nil || r.scope.Match(e) }

// count returns a number of entries of the whole log as it may be told: not at all, which
// is 0, to those who may read a part of it.
func (r *reader) count(entries uint64) uint64 {
	if r.scope != nil {
		return 0
	}
	return entries
}

// position returns the position of a cursor behind which everything is retained.
func (r *reader) position(field, cursor string) (entry.Position, error) {
	p, err := r.cursors.Check(cursor, r.service.history.Bounds())
	return p, placed(field, err)
}

// anyPosition returns the position of a cursor, wherever in the log it is.
func (r *reader) anyPosition(field, cursor string) (entry.Position, error) {
	p, err := r.cursors.Parse(cursor)
	return p, placed(field, err)
}

// placed returns the error of a field's cursor with that field.
func placed(field string, err error) error {
	if err == nil {
		return nil
	}
	problem, _ := fault.Describe(err)
	problem.Place.Field = field
	return &problem
}
