package certificate

import (
	"context"
	"os"
	"slices"
	"time"
)

// interval is how often the files are looked at. Certificates last for days; what this
// bounds is how long one that was leaked stays in use after it was replaced.
const interval = 5 * time.Second

// Run follows the files until ctx ends, and returns nil then. Call it once.
func (k *Keeper) Run(ctx context.Context) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			k.look()
		}
	}
}

// look reads the files again if one has changed. A certificate and its key are replaced
// one after the other: between the two they do not fit, which the next look sees mended.
func (k *Keeper) look() {
	now := k.states()
	if slices.Equal(now, k.seen) {
		return
	}
	k.seen = now
	next, err := k.read()
	if err != nil {
		k.logger.Error("the new certificates cannot be used, the ones before stay in force", "error", err)
		return
	}
	k.current.Store(next)
	k.logger.Info("the certificates were read again", "valid_until", next.Certificates[0].Leaf.NotAfter)
}

// state is what tells that a file has changed.
type state struct {
	modified time.Time
	size     int64
}

// states returns the state of each file; that of one which is not there is its zero value.
func (k *Keeper) states() []state {
	var all []state
	for _, name := range []string{k.cfg.CertFile, k.cfg.KeyFile, k.cfg.ClientCAFile} {
		var s state
		// Following links: what certbot and Kubernetes replace is a link.
		if info, err := os.Stat(name); err == nil {
			s = state{info.ModTime(), info.Size()}
		}
		all = append(all, s)
	}
	return all
}
