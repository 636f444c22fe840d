package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-2f16ea30/logsieve/internal/app"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/telemetry"
)

// configVariable names the configuration file in the environment.
const configVariable = "LOGSIEVE_CONFIG"

func newServe(c *console) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `serve runs the server until it is interrupted. It then says goodbye to every stream,
finishes what it has begun, and ends; a second interrupt ends it at once.

What is not set by a flag is taken from the environment (LOGSIEVE_STORE_DIR for store.dir),
then from the file of --config, then from the defaults. "logsieve config" prints what is in
force.`,
		Example: `  logsieve serve
  logsieve serve --config config.yaml --store-dir /var/lib/logsieve
  my-program 2>&1 | logsieve serve --stdin`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load(path, cmd.Flags())
			if err != nil {
				return err
			}
			return c.serve(cmd.Context(), cfg)
		},
	}
	c.bindConfig(cmd.Flags(), &path)
	return cmd
}

func (c *console) bindConfig(flags *pflag.FlagSet, path *string) {
	flags.StringVar(path, "config", c.env(configVariable), "configuration `file`; "+configVariable+" in the environment")
	config.BindFlags(flags)
}

// load returns the configuration, or all that is wrong with it.
func (c *console) load(path string, flags *pflag.FlagSet) (config.Config, error) {
	cfg, err := config.Load(path, c.environ, flags)
	if err != nil {
		return cfg, fail(exitUsage, "the configuration is wrong:\n  %s", strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	return cfg, nil
}

// serve runs the server until ctx ends.
func (c *console) serve(ctx context.Context, cfg config.Config) error {
	logger := telemetry.NewLogger(cfg.Log, c.err)
	telemetry.RedirectGRPC(logger)
	server, err := app.New(cfg, logger, app.Options{Stdin: c.in})
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	if err := server.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fail(exitFailed, "%v", err)
	}
	return nil
}
