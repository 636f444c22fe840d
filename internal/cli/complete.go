package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// completeTimeout is how long a shell waits for the server: it does nothing else
// meanwhile.
const completeTimeout = time.Second

// values completes the values of a field from what the running server has seen lately.
func (k *connection) values(field string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completeTimeout)
		defer cancel()
		c, err := k.dial()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer c.Close() //nolint:errcheck // nothing is lost
		const most = 100
		resp, err := c.Fields(ctx, &loggerv1.ListFieldsRequest{Prefix: field, Values: most})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, f := range resp.GetFields() {
			if f.GetName() != field {
				continue
			}
			for _, v := range f.GetValues() {
				names = append(names, termtext.Line(v.GetValue()))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// register sets how a flag is completed.
func register(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) //nolint:forbidigo // a flag of ours that does not exist: every test of the command finds it.
	}
}
