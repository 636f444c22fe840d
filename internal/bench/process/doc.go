// Package process runs programs to be measured and says what they use: processor time
// and memory, in their own process and so apart from whoever measures. What a process
// uses is known on Linux; elsewhere [ErrUnknown] says that it is not.
package process
