// Package highlight finds in a message what a filter looks for, so that a reader's eye does.
//
// It is for the eye alone: the server has judged, and an entry that matched may have
// nothing marked in it, because what matched was not in its message. What is negated is
// never marked. Any text is taken for a query, also one that is wrong or half typed; what
// cannot be understood is not marked. A Marker is immutable and safe for concurrent use.
package highlight
