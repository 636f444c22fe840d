package filter

// Cost is the estimated price of judging one entry, about a nanosecond each on an entry
// of 250 bytes. Within an "all" and an "any" the cheap parts stand, and are evaluated,
// before the dear ones: a severity is looked at before a message is searched, and a
// regular expression runs last. The order is by kind of predicate alone, never by
// measured traffic, since it is also the order of the canonical text.
type Cost int

// The cost of each kind of predicate, as its benchmark gave it, rounded.
const (
	costSeverity  Cost = 1
	costTimestamp Cost = 2
	costFixed     Cost = 4    // a comparison of a fixed field
	costAttribute Cost = 10   // the same with a walk over eight attributes
	costNumber    Cost = 30   // an attribute read as a number
	costSubstring Cost = 60   // a search through a text
	costRegex     Cost = 1000 // a regular expression over a text
)

// cost is that of evaluating every part.
func (x *expr) cost() Cost {
	if x.kind == leafOf {
		return x.leaf.cost()
	}
	var sum Cost
	for i := range x.parts {
		sum += x.parts[i].cost()
	}
	return sum
}

// cost is that of getting the text and comparing it.
func (f field) cost() Cost {
	if f.kind == AttributeField {
		return costAttribute
	}
	return costFixed
}
