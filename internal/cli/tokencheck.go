package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

func newTokenCheck(c *console, k *connection) *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Print what a token may do under an access file",
		Long: `check takes a token from LOGSIEVE_TOKEN, from --token-file, or else from standard input, and
prints what a server with this access file would let it do. It exits with 4 if that is
nothing. A JWT is checked with the keys of its issuer, which are fetched for it.`,
		Example: `  logsieve token check --file access.yaml < token.txt
  LOGSIEVE_TOKEN=$(vault read …) logsieve token check --file access.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			access, err := loadAccess(path)
			if err != nil {
				return err
			}
			text, err := k.tokenOrInput()
			if err != nil {
				return err
			}
			p, err := access.Authenticate(cmd.Context(), auth.Credentials{Authorization: []string{"Bearer " + text}})
			if err != nil {
				told, _ := fault.Describe(err)
				return fail(exitNotAllowed, "not allowed: %s", told.Message)
			}
			return c.printPrincipal(p)
		},
	}
	c.bindAccess(cmd.Flags(), &path, defaultAccess)
	return cmd
}

// tokenOrInput returns the token of the connection, or the first line of standard input.
func (k *connection) tokenOrInput() (string, error) {
	text, err := k.token()
	if err != nil || text != "" {
		return text, err
	}
	const longest = 64 << 10
	lines := bufio.NewScanner(k.console.in)
	lines.Buffer(nil, longest)
	if lines.Scan() {
		text = strings.TrimSpace(lines.Text())
	}
	if text == "" {
		return "", fail(exitUsage, "there is no token: give one on standard input, in LOGSIEVE_TOKEN, or in a file with --token-file")
	}
	return text, nil
}

func (c *console) printPrincipal(p *auth.Principal) error {
	reads := ""
	if p.May(auth.Read) {
		reads = "*"
		if p.Scope != nil {
			reads = p.Scope.Canonical()
		}
	}
	_, err := fmt.Fprintf(c.out, "name:    %s\nreads:   %s\nwrites:  %s\nexpires: %s\n",
		termtext.Line(p.Name), termtext.Line(orNothing(reads)), termtext.Line(writes(p.May(auth.Write), p.Stamp)), expiry(p.Expires, c.now()))
	return err
}
