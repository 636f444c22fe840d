package cli

import (
	"github.com/spf13/cobra"
)

func newConfig(c *console) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the configuration that serve would run with",
		Long: `config prints every key with the value that is in force, as a file that --config takes.
Secrets are hidden. It takes the flags of serve, and exits with 2 if anything is wrong.`,
		Example: `  logsieve config
  logsieve config --config config.yaml --store-sync fsync
  logsieve config > config.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load(path, cmd.Flags())
			if err != nil {
				return err
			}
			text, err := cfg.YAML()
			if err != nil {
				return err
			}
			_, err = c.out.Write(text)
			return err
		},
	}
	c.bindConfig(cmd.Flags(), &path)
	return cmd
}
