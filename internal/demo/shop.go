package demo

// services are the shop's, the one that everything comes in through first.
var services = []*service{
	storefront, catalog, search, cart, checkout, payment, inventory, shipping, accounts, notifications,
}

var serviceByName = func() map[string]*service {
	all := make(map[string]*service, len(services))
	for _, s := range services {
		s.background = background
		all[s.name] = s
	}
	return all
}()

// What callers say of a service that fails, and that service when it is back.
var (
	retrying  = parse("call to {peer} failed, trying again (attempt {attempt})")
	givingUp  = parse("giving up on {peer} after {attempt} attempts, answering {broken} !UpstreamUnavailable")
	recovered = parse("healthy again, serving requests, version {version}")
)

// background is what every service says about itself.
var background = [groups][]template{
	detail: parseAll(
		"heap {heap} MB after collection",
		"connection pool: {pool} of 20 in use",
		"refreshed {rows} keys of {key}",
	),
	news: parseAll(
		"health check passed in {ms} ms",
		"consumed {rows} messages from {queue}, {depth} left",
		"configuration reloaded, version {version}",
		"scheduled job finished: {rows} rows of {table} archived",
	),
	doubt: parseAll(
		"queue {queue} is growing: {backlog} messages",
		"disk is {percent} % full",
		"connection pool is nearly exhausted: {pool} of 20 in use",
	),
	failure: parseAll(
		"job failed: lock on {table} not acquired in {slow} ms !LockTimeout",
		"cannot consume from {queue}: connection reset by peer !BrokerConnectionError",
	),
	crash: parseAll("out of memory at {heap} MB, terminating !OutOfMemoryError"),
}

var storefront = &service{name: "storefront", hosts: 4, lines: [groups][]template{
	detail: parseAll("session {session} found for {user}", "rendered {path} with {items} widgets"),
	news:   parseAll("{method} {path} {ok} in {ms} ms", "{method} {path} {ok} in {ms} ms", "{method} {path} {ok} in {ms} ms for {ip}"),
	doubt:  parseAll("{method} {path} {refused} in {ms} ms", "slow response: {method} {path} took {slow} ms", "rate limit reached for {ip}"),
	failure: parseAll(
		"{method} {path} {broken} in {slow} ms",
		"cannot render {path}: template error in recommendations !TemplateError",
	),
	crash: parseAll("panic while serving {path}: runtime error: index out of range !RuntimeError"),
}}

var catalog = &service{name: "catalog", hosts: 3, lines: [groups][]template{
	detail:  parseAll("cache hit for {key}", "cache miss for {key}, reading {table}", "query on {table} returned {rows} rows in {ms} ms"),
	news:    parseAll("product {sku} served in {ms} ms", "price of {sku}: {amount} {currency}"),
	doubt:   parseAll("product {sku} has no image", "slow query on {table}: {slow} ms"),
	failure: parseAll("database timeout after {slow} ms reading {table} !QueryTimeout", "product {sku} not found in {table} !NotFound"),
	crash:   parseAll("cannot reach the database, no replica left !DatabaseUnavailable"),
}}

var search = &service{name: "search", hosts: 2, lines: [groups][]template{
	detail:  parseAll("query plan for \"{query}\": 3 shards, {ms} ms", "index segment merged in {slow} ms"),
	news:    parseAll("search \"{query}\": {hits} hits in {ms} ms", "suggestions for \"{query}\" in {ms} ms"),
	doubt:   parseAll("search \"{query}\" found nothing", "shard 2 answered late: {slow} ms"),
	failure: parseAll("search \"{query}\" failed: shard 2 unavailable !ShardFailure", "index is read-only: disk {percent} % full !IndexBlocked"),
	crash:   parseAll("index corrupted, refusing to start !CorruptIndex"),
}}

var cart = &service{name: "cart", hosts: 2, lines: [groups][]template{
	detail:  parseAll("loaded cart of {user}: {items} items", "cart of {user} expires in 30 min"),
	news:    parseAll("{sku} added to the cart of {user}, {items} items", "cart of {user}: {amount} {currency}", "cart of {user} merged after login"),
	doubt:   parseAll("{sku} is no longer available, removed from the cart of {user}", "cart of {user} changed while it was being saved, trying again"),
	failure: parseAll("cannot save the cart of {user}: redis: connection refused !StoreUnavailable", "cart of {user} has a negative amount !InvalidState"),
	crash:   parseAll("cannot allocate: {heap} MB used, shutting down !OutOfMemoryError"),
}}

var checkout = &service{name: "checkout", hosts: 3, lines: [groups][]template{
	detail:  parseAll("order {order}: step validate took {ms} ms", "order {order}: idempotency key checked"),
	news:    parseAll("order {order} placed by {user}: {items} items, {amount} {currency}", "order {order} confirmed", "order {order} is now in state PAID"),
	doubt:   parseAll("order {order}: price of {sku} changed during checkout", "order {order}: coupon has expired"),
	failure: parseAll("order {order} failed: payment was not authorised !PaymentFailed", "order {order}: deadline exceeded after {slow} ms calling payment !DeadlineExceeded"),
	crash:   parseAll("order log cannot be written, stopping to lose no order !WriteError"),
}}

var payment = &service{name: "payment", hosts: 2, lines: [groups][]template{
	detail:  parseAll("request to {provider} signed", "risk score of {order} computed in {ms} ms"),
	news:    parseAll("payment of {amount} {currency} for {order} authorised by {provider} in {ms} ms", "payment for {order} captured"),
	doubt:   parseAll("payment for {order} declined: {decline}", "{provider} answered after {slow} ms"),
	failure: parseAll("{provider} answered {broken} for {order} !ProviderError", "connection to {provider} timed out after {slow} ms !ConnectTimeout"),
	crash:   parseAll("certificate of {provider} has expired, no payment is possible !CertificateExpired"),
}}
