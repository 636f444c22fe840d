package app

import (
	"context"
	"errors"
)

// stack holds what has to be undone, newest first. Each step of New puts its own undoing
// on it at once, so that a step that fails leaves nothing behind.
type stack []func(context.Context) error

func (s *stack) push(undo func(context.Context) error) { *s = append(*s, undo) }

// unwind undoes everything, also after an error, and returns all errors.
func (s *stack) unwind(ctx context.Context) error {
	var errs []error
	for len(*s) > 0 {
		last := len(*s) - 1
		undo := (*s)[last]
		*s = (*s)[:last]
		errs = append(errs, undo(ctx))
	}
	return errors.Join(errs...)
}
