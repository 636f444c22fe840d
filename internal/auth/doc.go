// Package auth says who a request comes from and what they may do.
//
// A request is authenticated once, where it comes in, before anything of it is read, by
// an [Authenticator]: [Open], where nobody is asked, or [Access], which knows an access
// file. The [Principal] then travels in its context. Nothing further in asks for
// credentials again.
//
// What Access guarantees:
//
//   - Nothing but the access file says whom to trust: no claim of a JWT, no field of a
//     certificate and no header of a request ever names a key or a place to find one.
//   - The file is taken whole or not at all. All its mistakes are told at once; while it is
//     wrong, the rules before stay in force.
//   - Rules are replaced in one step. A principal under a rule that was taken back, or says
//     something else now, has its Revoked closed; the others keep theirs.
//   - No error, log line or metric has a credential in it, or a part of one that would help
//     to guess it.
package auth
