// Package local is the log in this process: an engine of package store on Pebble, in
// one directory, for one process at a time.
//
// # What is kept where
//
// The directory holds Pebble's files under blocks, where the key is the position of the
// first entry of a block and the value is the block (see block.go), and two small files:
// logsieve.meta says which log this is and up to where it has been removed, logsieve.head
// up to where it has been acknowledged. The directory may be moved and copied while no
// process has it open. Who puts it back from a copy removes logsieve.meta: that makes a
// new epoch, so that cursors from before are refused.
// Blocks are only ever added at the end and removed at the beginning, so that Pebble
// never has to merge anything: its compactions are switched off, and every byte is
// written twice, once to the write-ahead log and once to a table.
//
// # Durability
//
// Append returns when its entries have been handed to the operating system
// ([Written]: they survive the end of this process, and a loss of power costs at most
// [Config.SyncInterval]) or are on the disk ([Fsync]). Whoever waits at the same time is
// written together, in one commit.
//
// # Order, blocking, ownership
//
// One goroutine, the committer, assigns positions, so the order in which entries are
// committed, become visible to readers and reach followers is one and the same. A
// follower that falls behind by more than its queue holds up the committer, and so all
// who append: the publish function of [Log.Follow] must be quick. Readers hold up nobody.
// Entries belong to the log from the call of Append on, whatever it returns.
//
// # Faults
//
// A full disk refuses entries with store.ErrFull and takes them again when there is
// room. A block that is damaged, and a stretch that is missing, are told to readers as
// gaps of that very range. A write-ahead log that is damaged after a crash costs what is
// behind the damage, which is told as well, but for the last second before the crash.
//
// Any other fault of the disk on writing (an I/O error, a file system that became read-only)
// stops the writing: Append and [Log.Health] return store.ErrFailed with its cause, and
// reading goes on. The log tries by itself, every few seconds, whether the disk works again,
// and opens Pebble anew then, within the same run: what was acknowledged is there again, what
// a failed sync may have cost put back from memory; what was refused is not; followers,
// epoch and positions go on as if nothing had happened, and no position is used twice.
//
// What the disk does not give to a reader is store.ErrFailed for that call. Where that lasts
// for a minute it is told as a gap, for as long as it lasts.
//
// After a loss of power with [Written], positions that may have been given away are left
// out: they are a hole, which is no gap.
//
// # Copies
//
// A directory that was put back from a copy, file by file, gets a new epoch when it is
// opened, so that cursors of what the copy lacks are refused. It takes a file system that
// tells files apart, on Linux. A snapshot of the whole file system that is put back, and a
// copy of a running log that is written over the very files it was taken from, are not
// noticed: remove logsieve.meta then, which makes a new epoch, too. A directory that is
// moved within its file system keeps its epoch.
//
// # Lock order
//
// Log.retaining, Log.use, then Log.mu. No lock is held while a follower is waited for.
package local
