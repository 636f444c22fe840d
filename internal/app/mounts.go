package app

import (
	"github.com/seed-2f16ea30/logsieve/internal/docs"
	"github.com/seed-2f16ea30/logsieve/internal/gateway"
	"github.com/seed-2f16ea30/logsieve/internal/web"
)

// mounts returns what the HTTP edge serves for others: the documents and the UI.
func mounts() (all []gateway.Mount, err error) {
	documents, err := docs.Handler()
	if err != nil {
		return nil, err
	}
	for _, pattern := range docs.Patterns() {
		all = append(all, gateway.Mount{Pattern: pattern, Handler: documents})
	}
	ui := web.Handler()
	for _, pattern := range web.Patterns() {
		all = append(all, gateway.Mount{Pattern: pattern, Handler: ui})
	}
	return all, nil
}
