// Package watch is the clients that watch a server in the end-to-end tests: each a real
// one, of those that people use, behind one [Watcher] that keeps what it sends and
// receives for package history.
package watch
