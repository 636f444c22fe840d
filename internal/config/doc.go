// Package config is the configuration of the server: what can be set, the defaults, and
// how values are found.
//
// A value comes from, each overriding the one before it: the default, the file, an
// environment variable, a flag. One table, made from the fields of [Config] and their
// tags, drives all of these, the checks and what is printed, so that a key which is
// added to the struct is known everywhere; a test holds config.yaml to the same table.
//
// [Load] and [Config.Validate] report every mistake at once, and each names the key, the
// value and what would be right. Nothing here starts, opens or looks up anything: a
// valid configuration may still name an address that is taken.
//
// Names derive from the key: store.max_age is LOGSIEVE_STORE_MAX_AGE in the environment
// and --store-max-age as a flag. Underscores within a key need no escape, since a
// variable is matched against the known keys and never split.
package config
