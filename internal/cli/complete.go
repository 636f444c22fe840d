package cli

import (
	"context"
	"strings"
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
		var names []string
		for _, f := range k.fields(cmd, field) {
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

// conditions completes a word of a query: the name of a field, attributes included, or
// behind "=" a value of it.
func (k *connection) conditions(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	name, _, valued := strings.Cut(begun, "=")
	var words []string
	for _, f := range k.fields(cmd, name) {
		field := termtext.Line(f.GetName())
		if !valued {
			words = append(words, field+"=")
			continue
		}
		if field != name {
			continue
		}
		for _, v := range f.GetValues() {
			words = append(words, field+"="+queryValue(v.GetValue()))
		}
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if !valued {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return words, directive
}

// queryValue returns a value as it is written in a query, in quotes where it may have to be.
func queryValue(value string) string {
	if value == "" || value == "AND" || value == "OR" || value == "NOT" || strings.ContainsAny(value, " \t\n\"'(),*") {
		return termtext.Quote(value)
	}
	return termtext.Line(value)
}

// fields asks the server for the fields whose name begins with prefix. A server that does
// not answer only means that there is nothing to complete.
func (k *connection) fields(cmd *cobra.Command, prefix string) []*loggerv1.Field {
	ctx, cancel := context.WithTimeout(cmd.Context(), completeTimeout)
	defer cancel()
	c, err := k.dial()
	if err != nil {
		return nil
	}
	defer c.Close() //nolint:errcheck // nothing is lost
	const most = 100
	resp, err := c.Fields(ctx, &loggerv1.ListFieldsRequest{Prefix: prefix, Values: most})
	if err != nil {
		return nil
	}
	return resp.GetFields()
}

// register sets how a flag is completed.
func register(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) //nolint:forbidigo // a flag of ours that does not exist: every test of the command finds it.
	}
}
