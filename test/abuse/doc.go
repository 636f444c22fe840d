// Package abuse attacks the built binary, as strangers on the network and as those who
// write hostile lines would, and looks at what that costs the server and everybody else.
//
// Beside every attack runs a neighbour: a process of its own that writes entries, watches
// for them over gRPC and over a WebSocket, and measures how long they take. It must miss
// nothing; the server must not end, must let go of what the attack has left, and must not
// grow beyond a bound.
//
// As they stand the tests are short. With -abuse the attacks have the size that
// docs/security.md tells, and -abuse.report replaces its table by what was measured. They want
// Linux, where every address of 127.0.0.0/8 is one that an attacker can come from.
package abuse
