package demo

import "strconv"

// value is what a placeholder stands for.
type value struct {
	// attribute is the name under which the entry has it too, after OpenTelemetry's
	// conventions where there is one.
	attribute string
	text      func(*Generator, *request) string
}

// values are the placeholders of the templates.
var values = map[string]value{
	"method":    {"http.request.method", func(_ *Generator, r *request) string { return r.method }},
	"path":      {"url.path", func(_ *Generator, r *request) string { return r.path }},
	"ok":        {"http.response.status_code", answered},
	"refused":   {"http.response.status_code", oneOf("400", "401", "404", "409", "429")},
	"broken":    {"http.response.status_code", oneOf("500", "502", "503", "504")},
	"ip":        {"client.address", func(_ *Generator, r *request) string { return r.address }},
	"ms":        {"duration_ms", duration(1, 180)},
	"slow":      {"duration_ms", duration(900, 9_000)},
	"user":      {"user.id", func(_ *Generator, r *request) string { return r.user }},
	"session":   {"session.id", func(_ *Generator, r *request) string { return r.session }},
	"order":     {"order.id", func(_ *Generator, r *request) string { return r.order }},
	"sku":       {"product.sku", func(_ *Generator, r *request) string { return r.sku }},
	"items":     {"cart.items", func(_ *Generator, r *request) string { return strconv.Itoa(r.items) }},
	"amount":    {"order.amount", func(_ *Generator, r *request) string { return strconv.FormatFloat(r.amount, 'f', 2, 64) }},
	"currency":  {"order.currency", oneOf("EUR", "EUR", "EUR", "USD", "GBP", "JPY")},
	"query":     {"search.query", func(_ *Generator, r *request) string { return r.query }},
	"hits":      {"search.hits", number(0, 480)},
	"stock":     {"inventory.stock", number(1, 900)},
	"low":       {"inventory.stock", number(0, 4)},
	"warehouse": {"warehouse.id", oneOf("ams-1", "ams-2", "waw-1", "mad-1")},
	"provider":  {"payment.provider", oneOf("adyen", "stripe", "paypal")},
	"decline":   {"payment.decline_reason", oneOf("insufficient_funds", "expired_card", "do_not_honor", "suspected_fraud")},
	"carrier":   {"shipping.carrier", oneOf("dhl", "ups", "postnl", "gls")},
	"parcel":    {"shipping.parcel", number(40_000_000, 49_999_999)},
	"mail":      {"mail.template", oneOf("order-confirmation", "parcel-sent", "password-reset", "review-invitation")},
	"key":       {"cache.key", oneOf("product:top", "product:detail", "price:eur", "category:tree", "session")},
	"table":     {"db.collection.name", oneOf("orders", "products", "stock", "accounts", "carts", "shipments")},
	"rows":      {"db.response.returned_rows", number(1, 250)},
	"queue":     {"messaging.destination.name", oneOf("orders.placed", "mail.outgoing", "stock.changed", "search.index")},
	"depth":     {"messaging.queue.depth", number(0, 40)},
	"backlog":   {"messaging.queue.depth", number(2_000, 90_000)},
	"pool":      {"db.client.connection.count", number(18, 20)},
	"heap":      {"process.memory.mb", number(210, 980)},
	"percent":   {"disk.used_percent", number(81, 97)},
	"attempt":   {"retry.attempt", func(_ *Generator, r *request) string { return strconv.Itoa(r.attempt()) }},
	"peer":      {"peer.service", func(_ *Generator, r *request) string { return r.peer() }},
	"version":   {"service.version", oneOf("4.18.2", "4.18.3", "4.19.0")},
}

// answered is the status of a request that went well.
func answered(g *Generator, r *request) string {
	if r.method == "POST" {
		return pick(g, []string{"200", "201"})
	}
	return pick(g, []string{"200", "200", "200", "200", "304"})
}

// attempt is how often the next service has failed for this request.
func (r *request) attempt() int {
	if r.done() {
		return 0
	}
	return r.hops[0].attempt
}

// peer is the service that is called next.
func (r *request) peer() string {
	if r.done() {
		return "upstream"
	}
	return r.hops[0].service.name
}

func oneOf(items ...string) func(*Generator, *request) string {
	return func(g *Generator, _ *request) string { return pick(g, items) }
}

func number(least, most int) func(*Generator, *request) string {
	return func(g *Generator, _ *request) string { return strconv.Itoa(g.between(least, most)) }
}

// duration has the long tail that durations have.
func duration(least, most int) func(*Generator, *request) string {
	return func(g *Generator, _ *request) string { return strconv.Itoa(least + g.skewed(most-least)) }
}

var searches = []string{
	"running shoes", "usb-c cable 2m", "espresso machine", "rain jacket", "desk lamp", "headphones noise cancelling",
	"garden hose", "birthday card", "lego", "winter tyres", "yoga mat", "café crème", "fahrradhelm", "tea: green", "50% off",
}
