package app

import (
	"context"

	"github.com/seed-2f16ea30/logsieve/internal/garbage"
)

// heapHeadroom is how much the heap may grow at least between two collections: see the
// decision record on it for what that costs and saves.
const heapHeadroom = 32 << 20

func (a *App) newHeadroom() error {
	stop := garbage.Headroom(heapHeadroom)
	a.undo.push(func(context.Context) error {
		stop()
		return nil
	})
	return nil
}
