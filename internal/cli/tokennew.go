package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
	"github.com/seed-2f16ea30/logsieve/internal/config"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

// tokenNew are the flags of token new.
type tokenNew struct {
	console *console
	file    string
	listing auth.Listing
	stamp   []string
	expires string
}

func newTokenNew(c *console) *cobra.Command {
	n := &tokenNew{console: c}
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Make a token",
		Long: `new makes a token and prints it on standard output, this once: what is kept of it is a
sum, from which it cannot be found again. With --file it is added to the access file, which
is made if there is none; otherwise what to add is printed on standard error.

--read takes a query, and the token then reads the entries that match it and no others, or
'*' for all. --stamp sets a field of every entry that is written with the token, whatever
the entry says: service, host, or the name of an attribute.`,
		Example: `  logsieve token new --name ana --read '*' --file access.yaml
  logsieve token new --name ci --read 'service=checkout' --expires 90d --file access.yaml
  logsieve token new --name shop-a --write --stamp tenant=a --read 'attributes.tenant=a'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return n.run() },
	}
	flags := cmd.Flags()
	flags.StringVar(&n.listing.Name, "name", "", "`name` under which its holder appears in the server's log (required)")
	flags.StringVar(&n.listing.ID, "id", "", "`id` of the token in the access file (a random one)")
	flags.StringVar(&n.listing.Read, "read", "", "`query` of what it may read; '*' for everything")
	flags.BoolVar(&n.listing.Write, "write", false, "let it write")
	flags.StringArrayVar(&n.stamp, "stamp", nil, "`name=value` of every entry that it writes (may be repeated)")
	flags.StringVar(&n.expires, "expires", "", "`time` at which it ends, as in 90d or 2027-01-31T00:00:00Z (never)")
	flags.StringVar(&n.listing.Note, "note", "", "a `text` for whoever reads the access file")
	c.bindAccess(flags, &n.file, "")
	return cmd
}

func (n *tokenNew) run() error {
	if err := n.check(); err != nil {
		return err
	}
	if n.listing.ID == "" {
		n.listing.ID = token.NewID()
	}
	text, sum := token.New(n.listing.ID)
	n.listing.Sum = sum
	if n.file == "" {
		if err := n.show(); err != nil {
			return err
		}
	} else {
		if err := auth.AddToken(n.file, n.listing); err != nil {
			return fail(exitFailed, "%v", err)
		}
		n.console.notef("the token %s was added to %s; this is the only time that it is shown", n.listing.ID, n.file)
	}
	_, err := fmt.Fprintln(n.console.out, text)
	return err
}

// show prints what an access file has to list.
func (n *tokenNew) show() error {
	stanza, err := n.listing.Stanza()
	if err != nil {
		return err
	}
	n.console.notef("add this to the list of tokens in the access file; the token itself is shown only this time")
	_, err = io.WriteString(n.console.err, stanza)
	return err
}

// check completes the listing, or says what is wrong with the flags.
func (n *tokenNew) check() (err error) {
	l := &n.listing
	switch {
	case l.Name == "":
		return fail(exitUsage, "whose token is it? Say so with --name")
	case l.ID != "" && !token.ValidID(l.ID):
		return fail(exitUsage, "--id %s has other characters than letters, digits and hyphens, or more than %d", l.ID, token.MaxID)
	case l.Read == "" && !l.Write:
		return fail(exitUsage, "the token may do nothing: add --read '*', --read with a query, or --write")
	case len(n.stamp) > 0 && !l.Write:
		return fail(exitUsage, "--stamp is for what is written: add --write")
	}
	if err := checkScope(l.Read); err != nil {
		return err
	}
	if l.Stamp, err = parseStamp(n.stamp); err != nil {
		return err
	}
	l.Expires, err = parseExpiry(n.expires, n.console.now())
	return err
}

// checkScope says what is wrong with a query of what may be read.
func checkScope(query string) error {
	if query == "" || query == "*" {
		return nil
	}
	_, err := filter.Parse(query)
	if wrong, ok := errors.AsType[*filter.Error](err); ok {
		text := fmt.Sprintf("bad query in --read: %s\n%s", wrong.Message, termtext.Underline(query, wrong.Begin, wrong.End))
		if wrong.Hint != "" {
			text += "\nHint: " + wrong.Hint
		}
		return fail(exitUsage, "%s", text)
	}
	return err
}

// parseStamp reads the values of --stamp.
func parseStamp(pairs []string) (auth.Stamp, error) {
	var stamp auth.Stamp
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		key := strings.TrimPrefix(name, "attributes.")
		isSame := func(a entry.Attribute) bool { return a.Key == key }
		switch {
		case !ok || key == "" || value == "":
			return stamp, fail(exitUsage, "--stamp %s is not of the form name=value, as in tenant=a", pair)
		case name == "service" && stamp.Service != "", name == "host" && stamp.Host != "", slices.ContainsFunc(stamp.Attributes, isSame):
			return stamp, fail(exitUsage, "--stamp %s is there twice: keep one", name)
		case name == "service":
			stamp.Service = value
		case name == "host":
			stamp.Host = value
		default:
			stamp.Attributes = append(stamp.Attributes, entry.Attribute{Key: key, Value: value})
		}
	}
	stamp.Attributes = entry.SortAttributes(stamp.Attributes)
	return stamp, nil
}

// parseExpiry reads the value of --expires: a time, or how long from now. Empty is never.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		after, durationErr := config.ParseDuration(text)
		if durationErr != nil {
			return time.Time{}, fail(exitUsage, "--expires %s is not a time: write how long from now, as in 90d, or 2027-01-31T00:00:00Z", text)
		}
		at = now.Add(after).UTC().Truncate(time.Second)
	}
	if !at.After(now) {
		return time.Time{}, fail(exitUsage, "--expires %s has passed: such a token would let nobody in", text)
	}
	return at, nil
}
