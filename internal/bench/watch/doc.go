// Package watch opens streams of entries and reads them at a small cost: what a client
// does with an entry is not what is measured, but it shares the machine with the server.
// So no message is decoded; the ID of the entry is read where it stands in the bytes.
//
// Each stream has one goroutine, which calls its [Receiver]. It ends with the stream, for
// which [Stream.Finish] and [Stream.Abort] wait.
package watch
