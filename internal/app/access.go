package app

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/door"
)

// newDoor makes what lets requests in: one for all transports.
func (a *App) newDoor() (err error) {
	if a.proxies, err = door.ParseProxies(a.cfg.HTTP.TrustedProxies); err != nil {
		return fmt.Errorf("http.trusted_proxies: %w", err)
	}
	n := a.cfg.Network
	a.limiter = door.NewLimiter(door.Limits{
		Connections: n.MaxConnections, PerAddress: n.MaxConnectionsPerAddress,
	}, a.proxies, a.limits.Hit)
	metrics := auth.NewMetrics(a.registry) // also where nobody is asked: a server has the same metrics always
	if a.cfg.Auth.File == "" {
		a.door = door.New(auth.Open{})
		return nil
	}
	a.access, err = auth.Load(a.cfg.Auth.File, a.logger.With("part", "auth"), metrics)
	if err != nil {
		return err
	}
	a.door = door.New(a.access)
	return nil
}

// webConfig is what the doors of both HTTP listeners know.
func (a *App) webConfig() door.WebConfig {
	c := a.cfg.HTTP
	return door.WebConfig{Origins: c.Origins, Hosts: c.Hosts, Proxies: a.proxies, TLS: a.tls != nil}
}

// runAccess follows the access file and the certificates until ctx ends. Both are looked
// at now and then; SIGHUP has the access file read at once.
func (a *App) runAccess(ctx context.Context, group *errgroup.Group) {
	if a.tls != nil {
		group.Go(func() error { return a.tls.Run(ctx) })
	}
	if a.access == nil {
		return
	}
	group.Go(func() error { return a.access.Run(ctx) })
	group.Go(func() error {
		reload := make(chan os.Signal, 1)
		signal.Notify(reload, syscall.SIGHUP)
		defer signal.Stop(reload)
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-reload:
				_ = a.access.Reload() // it has logged what is wrong
			}
		}
	})
}
