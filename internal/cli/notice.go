package cli

import (
	"fmt"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// describeNotice returns a notice as a sentence.
func describeNotice(e *loggerv1.LogEntry) string {
	switch n := e.GetNotice().GetKind().(type) {
	case *loggerv1.Notice_Applied:
		query := n.Applied.GetQuery()
		if query == "" {
			query = "everything"
		}
		return fmt.Sprintf("filter %d is in force behind %s: %s", n.Applied.GetRevision(), n.Applied.GetCursor(), query)
	case *loggerv1.Notice_CaughtUp:
		return "live from here on, behind " + n.CaughtUp.GetCursor()
	case *loggerv1.Notice_Progress:
		return fmt.Sprintf("reached %s: %d entries judged, %d matched, %d behind",
			n.Progress.GetCursor(), n.Progress.GetScanned(), n.Progress.GetMatched(), n.Progress.GetBehind())
	default: // the others bring a sentence with them
		return e.GetMessage()
	}
}
