// Package door decides who comes in, the same for every transport: it says what each
// method and route asks for, who a request comes from, and how many there may be.
//
// What holds:
//
//   - There is one table of permissions, in table.go. What is not in it is refused, with or
//     without credentials: nothing is open because somebody has forgotten it.
//   - A request is let in before anything of its body is read: an HTTP request before it is
//     upgraded, a gRPC call before its stream exists. See [Door.Admit]. A gRPC call that is
//     refused, and whose deadline is far off, may still have up to a second's worth of its
//     body received and thrown away: see package grpcapi for why.
//   - The HTTP edge lets a request in once. What it then asks of the gRPC server in this
//     process comes through a [Pipe], which hands the caller over; nothing that comes over
//     a network can claim to have come through one.
//   - A [Limiter] bounds how many connections there are, in all and from one address,
//     before a byte of them is read.
package door
