package feed

import (
	"errors"
	"fmt"
	"strconv"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Check finds what was written in a log, which is given in its order. It returns what is
// missing, there twice, out of order within its source, or altered, of each source the
// first.
func (f *Feed) Check(log []*loggerv1.LogEntry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := map[string]int{} // the number of the next entry of each source
	bad := map[string]error{}
	for _, e := range log {
		source, number, ok := read(e)
		if !ok || bad[source] != nil {
			continue // not of this feed, or hopeless
		}
		bad[source] = f.found(source, number, e, next)
	}
	var errs []error
	for source, all := range f.written {
		if bad[source] == nil {
			bad[source] = f.passed(source, next[source], len(all))
		}
		errs = append(errs, bad[source])
	}
	return errors.Join(errs...)
}

// found checks one entry of the log.
func (f *Feed) found(source string, number int, e *loggerv1.LogEntry, next map[string]int) error {
	all := f.written[source]
	switch {
	case number >= len(all):
		return fmt.Errorf("%s: entry %d was never written", source, number)
	case number < next[source]:
		return fmt.Errorf("%s: entry %d is there twice or out of order", source, number)
	}
	if err := f.passed(source, next[source], number); err != nil {
		return err
	}
	next[source] = number + 1
	if diff := all[number].form.diff(all[number].entry, e); diff != "" {
		return fmt.Errorf("%s: entry %d is not as it was written:\n%s", source, number, diff)
	}
	return nil
}

// passed checks that entries which are not there need not be.
func (f *Feed) passed(source string, from, to int) error {
	for i := from; i < to; i++ {
		if !f.written[source][i].unsure {
			return fmt.Errorf("%s: entry %d is missing, and the writer was told that it is stored", source, i)
		}
	}
	return nil
}

// read returns which entry of a feed an entry of the log is.
func read(e *loggerv1.LogEntry) (source string, number int, ok bool) {
	match := tag.FindStringSubmatch(e.GetMessage())
	if match == nil {
		return "", 0, false
	}
	number, err := strconv.Atoi(match[2])
	return match[1], number, err == nil
}
