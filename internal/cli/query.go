package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// query prints retained entries.
type query struct {
	console    *console
	connection *connection
	selection  selection
	format     format

	since, until moment
	limit        uint32
	failOnGap    bool
}

const (
	defaultLimit = 100
	// maxLimit bounds what is held to be turned around. Without a limit nothing is held.
	maxLimit = 1_000_000
	// pageSize is how many entries are fetched at a time.
	pageSize = 1000
)

func newQuery(c *console, k *connection) *cobra.Command {
	q := &query{console: c, connection: k, since: moment{now: c.now}, until: moment{now: c.now}}
	cmd := &cobra.Command{
		Use:   "query [QUERY]",
		Short: "Print the retained entries that match, and end",
		Long: `query prints the newest entries that match, the oldest of them first, and ends.
--limit says how many at most; without a limit all are printed as they are read.
--since and --until are about when the server took an entry in.`,
		Example: `  logsieve query --since 1h --level error
  logsieve query --since 2026-01-31T08:00:00Z --until 2026-01-31T09:00:00Z --limit 0 -o json
  logsieve query 'service=checkout timeout'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.selection.args(args)
			return q.run(cmd.Context())
		},
	}
	q.selection.bind(cmd.Flags())
	q.format.bind(cmd.Flags())
	cmd.Flags().Var(&q.since, "since", "only entries taken in at this time or later: "+momentForms)
	cmd.Flags().Var(&q.until, "until", "only entries taken in before this time")
	cmd.Flags().Uint32VarP(&q.limit, "limit", "n", defaultLimit, "at most `N`, the newest; 0: all")
	cmd.Flags().BoolVar(&q.failOnGap, "fail-on-gap", false, "end with exit code 5 if entries are missing")
	q.selection.complete(cmd, k)
	register(cmd, "output", cobra.FixedCompletions([]string{"text", "json", "raw", "template"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (q *query) run(ctx context.Context) error {
	if q.limit > maxLimit {
		return fail(exitUsage, "--limit %d is above its maximum of %d: use --limit 0 for all", q.limit, maxLimit)
	}
	p, err := q.format.printer(q.console, q.selection.filter())
	if err != nil {
		return err
	}
	c, err := q.connection.dial()
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	out := newOutput(q.console, p)
	if q.limit == 0 {
		err = q.all(ctx, c, out)
	} else {
		err = q.newest(ctx, c, out)
	}
	if flushed := out.flush(); err == nil {
		err = flushed
	}
	return err
}

func (q *query) request(order loggerv1.Order) *loggerv1.ListEntriesRequest {
	req := q.selection.request()
	req.Since, req.Until = q.since.timestamp(), q.until.timestamp()
	req.Order, req.PageSize = order, pageSize
	return req
}

// all prints everything as it is read.
func (q *query) all(ctx context.Context, c *client.Client, out *output) error {
	for e, err := range c.List(ctx, q.request(loggerv1.Order_OLDEST_FIRST)) {
		if err != nil {
			return describe(err, q.selection.query)
		}
		if err := q.take(e, out); err != nil {
			return err
		}
	}
	return nil
}

// newest prints the newest entries, the oldest of them first.
func (q *query) newest(ctx context.Context, c *client.Client, out *output) error {
	var held []*loggerv1.LogEntry
	count, more := 0, false
	req := q.request(loggerv1.Order_NEWEST_FIRST)
	req.PageSize = min(q.limit+1, pageSize) // one more tells whether there are more
	for e, err := range c.List(ctx, req) {
		if err != nil {
			return describe(err, q.selection.query)
		}
		if e.GetNotice() == nil {
			if count == int(q.limit) {
				more = true
				break
			}
			count++
		}
		held = append(held, e)
	}
	for _, e := range slices.Backward(held) {
		if err := q.take(e, out); err != nil {
			return err
		}
	}
	if more {
		if err := out.flush(); err != nil {
			return err
		}
		q.console.notef("these are the newest %d; there are more: --limit 0 prints all", count)
	}
	return nil
}

func (q *query) take(e *loggerv1.LogEntry, out *output) error {
	if e.GetNotice() == nil {
		return out.print(e)
	}
	if err := out.flush(); err != nil {
		return err
	}
	q.console.notef("%s", describeNotice(e))
	if q.failOnGap {
		return fail(exitGap, "ended because of --fail-on-gap")
	}
	return nil
}
