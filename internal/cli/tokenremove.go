package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

func newTokenRemove(c *console) *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:   "remove ID",
		Short: "Take a token out of an access file",
		Long: `remove takes a token out of the access file, by its id, which token list prints. A server
that runs ends the streams of its holder within seconds.`,
		Example: `  logsieve token remove k7wq2m4c5a --file access.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			switch err := auth.RemoveToken(path, args[0]); {
			case errors.Is(err, auth.ErrNoToken):
				return fail(exitUsage, "%s lists no token with the id %s: see logsieve token list", path, args[0])
			case err != nil:
				return fail(exitFailed, "%v", err)
			}
			c.notef("the token %s was removed from %s", args[0], path)
			return nil
		},
	}
	c.bindAccess(cmd.Flags(), &path, defaultAccess)
	return cmd
}
