// Package demo makes logs like those of a busy web shop: ten services on a few hosts
// each, requests whose traces run through several of them, and now and then an incident,
// in which one service fails and those that call it try again.
//
// A [Generator] is deterministic: the same seed and the same times give the same entries.
// Over a long run about 15 % of the entries are DEBUG, 70 % INFO, 10 % WARN, 4.5 % ERROR
// and 0.5 % FATAL, incidents included.
//
// The same entries can be had as lines of log files, in the three forms that the field
// writes; see [Format] and [WriteFiles].
package demo
