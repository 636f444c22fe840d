// Package docs holds the pages of docs/ to what they say: the clients that they show are
// taken out of them and run against the built binary, tables are compared with the code,
// and links must lead somewhere.
//
// A block of code that is run has a name behind its language, as in "```js browser"; see
// blocks. Where a tool is not on the machine, the test that needs it is skipped and says
// which.
package docs
