// Package jwt checks the JWTs of issuers that a configuration names.
//
// What holds:
//
//   - An [Issuer] is chosen by comparing the claim iss with the configured names. No claim
//     and no header of a token ever says where a key is, or is one: jku, jwk, x5u and x5c
//     are not looked at.
//   - The algorithms of an issuer are pinned, and are only such with a public key. A key
//     is used for the one algorithm that fits its type.
//   - iss, aud and exp are mandatory; exp, nbf and iat are held against the clock with a
//     [Skew], and a token that lives longer than [MaxLifetime] is refused.
//   - Keys come from a file ([Static]) or from the issuer itself ([Remote]), are kept for
//     each issuer apart, and are bounded in number and size. A token with a key that is not
//     known makes the keys be fetched again, but never more often than every
//     [FetchInterval]: made-up key ids are no storm on the issuer.
//   - No error repeats a token.
//
// The signatures are checked by go-jose. What go-oidc adds to it does not fit: its key set
// fetches for every unknown key id, it takes tokens up to five minutes before nbf, and it
// looks at a token's age before its signature, so that who merely has an old token's text
// without the signature is told about it.
package jwt
