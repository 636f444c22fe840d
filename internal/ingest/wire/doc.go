// Package wire is what the ways in share that read protobuf: a walk through the fields of a
// message, the memory of the entries that are made of it, and the entries of our own
// contract.
//
// Requests are decoded straight into entries. The structures of a protobuf library take
// longer to make than the entries, with several times the allocations, and may grow to a
// hundred times the request before any limit can be checked.
package wire
