package config

// Filter bounds one filter, its query and its fields together. The defaults are far above
// what people write.
type Filter struct {
	// MaxSize is the length of all of its texts. Range: 64B to 64KiB. Default: 4KiB.
	MaxSize Size `key:"max_size" min:"64B" max:"64KiB"`
	// MaxDepth is how deeply parentheses may be nested. Range: 1 to 256. Default: 32.
	MaxDepth int `key:"max_depth" min:"1" max:"256"`
	// MaxConditions is how many conditions it may have; each value of a list is one.
	// Range: 1 to 1,024. Default: 64.
	MaxConditions int `key:"max_conditions" min:"1" max:"1024"`
	// MaxRegexes is how many of them may be regular expressions. Range: 1 to 64.
	// Default: 4.
	MaxRegexes int `key:"max_regexes" min:"1" max:"64"`
	// MaxRegexInstructions is the size of the programs that its regular expressions
	// compile to, together: what a run takes at worst grows with it. Range: 10 to 10,000.
	// Default: 1,000.
	MaxRegexInstructions int `key:"max_regex_instructions" min:"10" max:"10000"`
}

func defaultFilter() Filter {
	return Filter{MaxSize: 4 * KiB, MaxDepth: 32, MaxConditions: 64, MaxRegexes: 4, MaxRegexInstructions: 1000}
}
