package app

import "github.com/seed-2f16ea30/logsieve/internal/gateway"

// mounts returns what the HTTP edge serves for others.
func (a *App) mounts() []gateway.Mount { return nil }
