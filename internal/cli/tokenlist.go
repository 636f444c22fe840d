package cli

import (
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

func newTokenList(c *console) *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Print the tokens that an access file lists",
		Example: `  logsieve token list --file access.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			access, err := loadAccess(path)
			if err != nil {
				return err
			}
			return c.printTokens(access.Listings())
		},
	}
	c.bindAccess(cmd.Flags(), &path, defaultAccess)
	return cmd
}

// loadAccess reads an access file, or says all that is wrong with it.
func loadAccess(path string) (*auth.Access, error) {
	// What is asked of the file alone has neither a log nor metrics.
	access, err := auth.Load(path, slog.New(slog.DiscardHandler), auth.NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		return nil, fail(exitUsage, "%v", err)
	}
	return access, nil
}

func (c *console) printTokens(all []auth.Listing) error {
	const gap = 2
	table := tabwriter.NewWriter(c.out, 0, 0, gap, ' ', 0)
	if _, err := fmt.Fprintln(table, "NAME\tID\tREADS\tWRITES\tEXPIRES\tNOTE"); err != nil {
		return err
	}
	for _, l := range all {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
			termtext.Line(l.Name), l.ID, termtext.Line(orNothing(l.Read)), termtext.Line(writes(l.Write, l.Stamp)),
			expiry(l.Expires, c.now()), termtext.Line(l.Note)); err != nil {
			return err
		}
	}
	return table.Flush()
}

func orNothing(read string) string {
	if read == "" {
		return "nothing"
	}
	return read
}

// writes says what may be written, and as what.
func writes(allowed bool, stamp auth.Stamp) string {
	if !allowed {
		return "nothing"
	}
	var as []string
	if stamp.Service != "" {
		as = append(as, "service="+stamp.Service)
	}
	if stamp.Host != "" {
		as = append(as, "host="+stamp.Host)
	}
	for _, a := range stamp.Attributes {
		as = append(as, a.Key+"="+a.Value)
	}
	if len(as) == 0 {
		return "everything"
	}
	return "as " + strings.Join(as, " ")
}

func expiry(at, now time.Time) string {
	switch {
	case at.IsZero():
		return "never"
	case !now.Before(at):
		return at.UTC().Format(time.RFC3339) + " (it has)"
	default:
		return at.UTC().Format(time.RFC3339)
	}
}
