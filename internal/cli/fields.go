package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/termtext"
)

func newFields(c *console, k *connection) *cobra.Command {
	req := &loggerv1.ListFieldsRequest{}
	form := "text"
	cmd := &cobra.Command{
		Use:   "fields [QUERY]",
		Short: "Print which fields recent entries have, and their commonest values",
		Example: `  logsieve fields
  logsieve fields --prefix attributes.http. 'service=checkout'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if form != "text" && form != "json" {
				return fail(exitUsage, "-o %s is not a form of output here: use text or json", form)
			}
			req.Query = strings.Join(args, " ")
			client, err := k.dial()
			if err != nil {
				return err
			}
			defer client.Close() //nolint:errcheck // nothing is under way
			resp, err := client.Fields(cmd.Context(), req)
			if err != nil {
				return describe(err, req.GetQuery())
			}
			if form == "json" {
				return printFieldsJSON(c.out, resp)
			}
			return printFields(c.out, resp)
		},
	}
	cmd.ValidArgsFunction = k.conditions
	cmd.Flags().StringVar(&req.Prefix, "prefix", "", "only fields whose name begins with this `text`")
	cmd.Flags().Uint32Var(&req.Values, "values", 5, "at most `N` values a field, 1 to 1000")
	cmd.Flags().Uint32Var(&req.Window, "window", 10_000, "how many (`N`) of the newest entries are looked at, 1 to 100000")
	cmd.Flags().StringVarP(&form, "output", "o", form, "`form` of the output: text, or json (a field a line)")
	return cmd
}

func printFields(out io.Writer, resp *loggerv1.ListFieldsResponse) error {
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	if _, err := fmt.Fprintln(table, "FIELD\tENTRIES\tVALUES\tCOMMONEST"); err != nil {
		return err
	}
	for _, f := range resp.GetFields() {
		var values []string
		for _, v := range f.GetValues() {
			values = append(values, fmt.Sprintf("%s (%d)", singleLine(v.GetValue()), v.GetEntries()))
		}
		if _, err := fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", singleLine(f.GetName()), f.GetEntries(), f.GetDistinct(), strings.Join(values, ", ")); err != nil {
			return err
		}
	}
	return table.Flush()
}

// maxValueColumns is where a value is cut in the table: some are whole requests.
const maxValueColumns = 40

// singleLine returns text as it stands in a cell of a table.
func singleLine(text string) string {
	text = strings.ReplaceAll(termtext.Line(text), "\t", " ")
	if termtext.Columns(text) <= maxValueColumns {
		return text
	}
	cut := []rune(text)
	return string(cut[:min(len(cut), maxValueColumns-1)]) + "…"
}

func printFieldsJSON(out io.Writer, resp *loggerv1.ListFieldsResponse) error {
	for _, f := range resp.GetFields() {
		encoded, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(f)
		if err != nil {
			return err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, encoded); err != nil {
			return err
		}
		if _, err := out.Write(append(termtext.AppendJSON(nil, compact.Bytes()), '\n')); err != nil {
			return err
		}
	}
	return nil
}
