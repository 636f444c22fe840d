// Package wsconn is the connection under a WebSocket: a net.Conn for a proxy that knows
// nothing of read limits, pings, time-outs and close frames.
//
// A [Conn] is put between the socket and the WebSocket library of the proxy by giving it
// out in place of the hijacked connection. It reads along in both directions, knows
// where frames begin and end, and guarantees:
//
//   - What is written is whole frames. Pings, the close frame and the lines of
//     [Conn.WriteLines] come between frames, never inside one, from whichever goroutine.
//   - A message of the client that is too long is refused at its header, before any
//     of it is kept. The number of its fragments and the rate of control frames are
//     bounded too.
//   - A client that neither sends nor answers a ping, or that takes nothing of what is
//     written to it, is given up after a stated time.
//   - The last frame is a close frame with a code and a reason: the first that was given
//     to [Conn.End]. Close waits a bounded time for the client's own, so that the
//     reason is not lost to a reset, and returns when the socket is closed.
//   - An idle connection holds no buffer and no goroutine.
//
// All methods are safe for concurrent use.
package wsconn
