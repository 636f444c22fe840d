// Package filter turns a LogFilter into a [Matcher]: it parses, checks and compiles the
// query language and the filter's structured fields into one tree of predicates.
//
// What holds:
//
//   - All errors arise in [Compile] and [Parse], and each is an [*Error] that says where
//     the mistake is, what is wrong and what would be right. A Matcher cannot fail.
//   - A Matcher is immutable and safe for concurrent use. Match neither blocks nor
//     keeps the entry; it allocates nothing, except in regular expressions that fill
//     their package's own caches.
//   - Filters that say the same in another order, with other parentheses, or with
//     conditions repeated have the same canonical text: see [Matcher.Canonical].
//   - The size of a filter is bounded before it is parsed, and so are the depth of the
//     parser's recursion and the size of compiled regular expressions: see [MaxBytes]
//     and the other limits. A regular expression looks at the first [MaxRegexText] bytes of
//     a text and no further, so that all of a filter's run at most a tenth of a second on
//     any entry; everything else looks at the whole text, in linear time.
//
// The grammar is AIP-160's with the log dialect of Google Cloud Logging. The parser is
// our own since the one public Go parser of AIP-160 refuses unquoted values such as
// api-gateway or 10.0.0.1, reads 042 as 34, recurses without a bound and gives errors
// without a place; it serves as the oracle of a test.
//
//	filter      = [ expression ] ;                  (* empty: everything *)
//	expression  = sequence { "AND" sequence } ;
//	sequence    = factor { factor } ;               (* white space is AND *)
//	factor      = term { "OR" term } ;              (* OR binds tighter than AND *)
//	term        = [ "NOT" | "-" ] simple ;          (* "-" touches what it negates *)
//	simple      = "(" expression ")" | restriction ;
//	restriction = value | field op arg | function ;
//	field       = "severity" | "service" | "host" | "message" | "trace_id" | "span_id"
//	            | "timestamp" | "attributes" | "attributes" "." path ;
//	path        = ( NAME | STRING ) { "." ( NAME | STRING ) } ;
//	op          = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":" | "=~" | "!~" ;
//	arg         = value | "(" value { "OR" value } ")" ;
//	value       = STRING | TEXT ;
//	function    = ( "regex" | "matches" ) "(" "message" "," STRING ")" ;
//
// Logic has two values: a field that an entry does not have makes every comparison of
// it false, != and !~ included, and NOT turns that into true.
//
// The stages, a file or two each: lexer and parser (text to tree), condition (one
// restriction to one predicate), the predicates (one kind a file), normal (tree to
// canonical tree), print (canonical tree to text).
package filter
