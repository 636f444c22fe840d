package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/version"
)

func newVersion(c *console) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print which build this is",
		Example: "  logsieve version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := "logsieve " + version.String()
			if revision := version.Revision(); revision != "" {
				text += " " + revision
			}
			_, err := fmt.Fprintln(c.out, text, version.Go())
			return err
		},
	}
}
