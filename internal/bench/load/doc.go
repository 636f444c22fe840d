// Package load makes numbered entries, writes them, and counts what is delivered.
//
// An entry is of about 250 bytes: one of ten services, five severities, a host, a message
// of a request, a trace id and a status. Its message begins with its [ID]: the number of
// its writer, and its own number among those of that writer. A writer sends its next
// entries once the ones before are acknowledged, so that the log has them in the order of
// their numbers; entries of two writers come in any order.
//
// What an entry is besides follows from its number, and so does which filter it matches:
// see [Class]. A [Tally] therefore knows of every entry whether it is the next one, and
// finds what is missing, came twice, came out of order or should not have come, with no
// memory of what has come before.
package load
