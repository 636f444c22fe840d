package cli

import (
	"cmp"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// accessVariable names the access file in the environment: it is the server's own.
const accessVariable = "LOGSIEVE_AUTH_FILE"

func newToken(c *console, k *connection) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, list, check and remove the tokens of an access file",
		Long: `token works on an access file, the file that the server is given as auth.file. It needs
no running server; one that runs takes a changed file over within seconds.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTokenNew(c), newTokenList(c), newTokenCheck(c, k), newTokenRemove(c))
	return cmd
}

// bindAccess defines the flag of the access file.
func (c *console) bindAccess(flags *pflag.FlagSet, path *string, otherwise string) {
	flags.StringVar(path, "file", cmp.Or(c.env(accessVariable), otherwise), "access `file`; "+accessVariable+" in the environment")
}

// defaultAccess is the access file if nothing else is said.
const defaultAccess = "access.yaml"
