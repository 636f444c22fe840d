package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/seed-2f16ea30/logsieve/internal/version"
)

// newMan is for whoever makes a package of logsieve, and is not shown to others.
func newMan() *cobra.Command {
	markdown := false
	cmd := &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages of all commands into a directory",
		Hidden: true,
		Example: `  logsieve man /usr/local/share/man/man1
  logsieve man --markdown docs/commands`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // G301: manuals are for everybody.
				return fail(exitFailed, "the directory for the pages cannot be made: %v", err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true // the same build makes the same pages
			var err error
			if markdown {
				err = doc.GenMarkdownTree(root, args[0])
			} else {
				header := &doc.GenManHeader{Title: "LOGSIEVE", Section: "1", Source: "logsieve " + version.String(), Manual: "logsieve"}
				err = doc.GenManTree(root, header, args[0])
			}
			if err != nil {
				return fmt.Errorf("the pages cannot be written: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "write them as Markdown")
	return cmd
}
