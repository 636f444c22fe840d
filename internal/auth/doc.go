// Package auth says who a request comes from and what they may do.
//
// A request is authenticated once, where it comes in, before anything of it is read; the
// [Principal] then travels in its context. Nothing further in asks for credentials again.
package auth
