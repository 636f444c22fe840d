package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// selection is which entries tail and query print: an expression, and flags for the
// commonest parts of one.
type selection struct {
	query    string
	services []string
	hosts    []string
	level    severityFlag
}

func (s *selection) bind(flags *pflag.FlagSet) {
	flags.StringArrayVar(&s.services, "service", nil, "only the service of this `name`; a trailing * stands for any ending; repeatable")
	flags.StringArrayVar(&s.hosts, "host", nil, "only the host of this `name`; a trailing * stands for any ending; repeatable")
	flags.Var(&s.level, "level", "only this severity and above: trace, debug, info, warn, error or fatal")
}

// args takes the arguments for the words of the expression, so that simple ones need no
// quotes.
func (s *selection) args(args []string) { s.query = strings.Join(args, " ") }

func (s *selection) filter() *loggerv1.LogFilter {
	return &loggerv1.LogFilter{
		Query: s.query, MinSeverity: s.level.severity, Services: s.services, Hosts: s.hosts,
	}
}

func (s *selection) request() *loggerv1.ListEntriesRequest {
	return &loggerv1.ListEntriesRequest{
		Query: s.query, MinSeverity: s.level.severity, Services: s.services, Hosts: s.hosts,
	}
}

// complete lets the shell complete the words of the expression and the values of flags.
func (s *selection) complete(cmd *cobra.Command, k *connection) {
	cmd.ValidArgsFunction = k.conditions
	register(cmd, "service", k.values("service"))
	register(cmd, "host", k.values("host"))
	register(cmd, "level", cobra.FixedCompletions(severityNames(), cobra.ShellCompDirectiveNoFileComp))
}
