package app

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// runSources runs what brings logs in by itself: it ends, with everything handed over,
// when ctx ends.
func (a *App) runSources(context.Context, *errgroup.Group) {}
