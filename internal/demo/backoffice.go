package demo

var inventory = &service{name: "inventory", hosts: 2, lines: [groups][]template{
	detail:  parseAll("stock of {sku} read from {warehouse} in {ms} ms", "reservation of {order} renewed"),
	news:    parseAll("{items} of {sku} reserved in {warehouse} for {order}", "stock of {sku}: {stock} in {warehouse}"),
	doubt:   parseAll("stock of {sku} is low: {low} left in {warehouse}", "reservation of {order} has expired"),
	failure: parseAll("deadlock on {table}, transaction rolled back !Deadlock", "stock of {sku} in {warehouse} is negative !InvariantViolated"),
	crash:   parseAll("replication stopped: log position lost !ReplicationError"),
}}

var shipping = &service{name: "shipping", hosts: 2, lines: [groups][]template{
	detail:  parseAll("rates of {carrier} fetched in {ms} ms", "label of parcel {parcel} rendered"),
	news:    parseAll("parcel {parcel} of {order} handed to {carrier}", "delivery of {order} with {carrier} planned from {warehouse}"),
	doubt:   parseAll("address of {user} is incomplete, asking {carrier}", "{carrier} is late with parcel {parcel}"),
	failure: parseAll("{carrier} refused parcel {parcel}: answer {broken} !CarrierError", "no label for {order}: printer queue of {warehouse} is gone !PrintError"),
	crash:   parseAll("routing table is empty, cannot plan any delivery !MissingData"),
}}

var accounts = &service{name: "accounts", hosts: 2, lines: [groups][]template{
	detail:  parseAll("token of {user} refreshed", "password hash of {user} verified in {ms} ms"),
	news:    parseAll("{user} logged in from {ip}", "profile of {user} read in {ms} ms", "{user} earned {items} points with {order}"),
	doubt:   parseAll("failed login for {user} from {ip}", "{user} logged in from a new device at {ip}"),
	failure: parseAll("directory does not answer: timeout after {slow} ms !DirectoryTimeout", "session {session} cannot be decrypted !DecryptError"),
	crash:   parseAll("signing key is missing, no token can be issued !KeyMissing"),
}}

var notifications = &service{name: "notifications", hosts: 2, lines: [groups][]template{
	detail:  parseAll("template {mail} rendered in {ms} ms", "{user} prefers no text messages"),
	news:    parseAll("mail {mail} sent to {user}", "mail {mail} queued for {user}, {depth} before it"),
	doubt:   parseAll("mail {mail} to {user} bounced", "queue {queue} is growing: {backlog} messages"),
	failure: parseAll("mail {mail} to {user} not sent: smtp: 421 service not available !SMTPError", "template {mail} does not exist in this language !TemplateMissing"),
	crash:   parseAll("cannot open the mail spool: no space left on device !SpoolError"),
}}
