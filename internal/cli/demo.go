package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/seed-2f16ea30/logsieve/client"
	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

// demonstration is a server and what fills it.
type demonstration struct {
	console *console
	path    string // of the configuration
	feed    feed
	toFiles string
}

func newDemo(c *console) *cobra.Command {
	d := &demonstration{console: c}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a server that is fed with the logs of a made-up web shop",
		Long: `demo runs a server and feeds it with logs like those of a busy web shop, incidents
included, and says what to open and what to type. Its store is in a temporary directory,
which is removed at the end, unless --store-dir names another one.

With --files-to it runs no server, but appends --entries entries to log files in a
directory, one file for each service.`,
		Example: `  logsieve demo
  logsieve demo --rate 5000
  logsieve demo --files-to /tmp/shop --entries 10000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if d.toFiles != "" {
				return d.writeFiles()
			}
			return d.run(cmd)
		},
	}
	c.bindConfig(cmd.Flags(), &d.path)
	d.feed.bind(cmd.Flags())
	cmd.Flags().StringVar(&d.toFiles, "files-to", "", "write log files into this `directory` instead of running a server")
	return cmd
}

func (d *demonstration) run(cmd *cobra.Command) (err error) {
	cfg, err := d.console.load(d.path, cmd.Flags())
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("log-level") {
		cfg.Log.Level = "warn" // the terminal is for what to try
	}
	if !cmd.Flags().Changed("store-dir") {
		dir, err := os.MkdirTemp("", "logsieve-demo-")
		if err != nil {
			return fail(exitFailed, "no temporary directory for the store: %v", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		cfg.Store.Dir = dir
	}
	return d.serve(cmd.Context(), cfg)
}

// serve runs the server and the feed until ctx ends or one of them fails.
func (d *demonstration) serve(ctx context.Context, cfg config.Config) error {
	logger := telemetry.NewLogger(cfg.Log, d.console.err)
	telemetry.RedirectGRPC(logger)
	server, err := app.New(cfg, logger, app.Options{})
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	group, running := errgroup.WithContext(ctx)
	feeding, stopFeeding := context.WithCancel(running)
	defer stopFeeding()
	group.Go(func() error { return server.Run(running) })
	group.Go(func() error { return d.fill(feeding, server.Addresses()) })
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return fail(exitFailed, "%v", err)
	}
	return nil
}

// fill feeds the server through its API, like everybody else.
func (d *demonstration) fill(ctx context.Context, at app.Addresses) error {
	c, err := client.Dial(at.GRPC)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	if err := d.feed.past(ctx, c); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(d.console.out, welcome, at.HTTP, at.HTTP, server(at.GRPC), at.HTTP, at.HTTP); err != nil {
		return err
	}
	return d.feed.run(ctx, c)
}

// server returns the flag that the examples need to reach an address.
func server(address string) string {
	if address == defaultServer {
		return ""
	}
	return "--server " + address + " "
}

const welcome = `logsieve is running, with the logs of a made-up web shop. Ctrl-C ends it.

Open:
  http://%s/                 the live log
  http://%s/docs             the API

Type, in another terminal:
  logsieve %[3]stail
  logsieve %[3]stail 'severity>=WARN'
  logsieve %[3]stail --service checkout -o json
  logsieve %[3]squery --level error --since 5m
  logsieve %[3]sfields
  curl -N 'http://%[4]s/logs/tail?query=severity>=WARN'
  npx wscat -c ws://%[5]s/logs/monitor       then type: {"query":"payment"}
                                                         and: {"query":"severity>=ERROR"}

`

// writeFiles writes log files of made-up services.
func (d *demonstration) writeFiles() error {
	if err := os.MkdirAll(d.toFiles, 0o750); err != nil {
		return fail(exitFailed, "the directory for the log files cannot be made: %v", err)
	}
	lines, err := demo.WriteFiles(d.toFiles, d.feed.entries(d.console.now()))
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	total := 0
	for _, n := range lines {
		total += n
	}
	d.console.notef("%d lines in %d files in %s", total, len(lines), d.toFiles)
	return nil
}
