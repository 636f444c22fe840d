package line

// role is what a field is to an entry.
type role uint8

const (
	message role = iota
	level
	when
	nanos // what is missing in when, from whole seconds on
	observed
	service
	host
	trace
	span
	parent     // W3C's traceparent
	nameOfNode // "name", which is the service in bunyan and pino alone
	roles      // the number of roles
)

// scale is what the numbers of a level mean.
type scale uint8

const (
	anyScale    scale = iota // told apart by their size
	otelScale                // 1 to 24
	pythonScale              // 10 DEBUG to 50 CRITICAL
	syslogScale              // 7 debug to 0 emergency
)

// name is what a name of a field stands for. Of several fields with one role the lowest
// rank plays it.
type name struct {
	role  role
	rank  uint8
	scale scale
}

// names holds the names in the form that lookup makes of them: lower case, without _, -
// and @.
var names = map[string]name{
	"message": {message, 0, 0}, "msg": {message, 1, 0}, "textpayload": {message, 1, 0},
	"jsonpayload.message": {message, 1, 0}, "fields.message": {message, 2, 0},
	"shortmessage": {message, 2, 0}, "renderedmessage": {message, 2, 0}, "m": {message, 3, 0},
	"mt": {message, 4, 0}, "text": {message, 5, 0}, "body": {message, 6, 0},
	"log": {message, 7, 0}, "event": {message, 8, 0}, "content": {message, 9, 0},

	"severitynumber": {level, 0, otelScale}, "level": {level, 2, 0}, "severity": {level, 1, 0},
	"log.level": {level, 1, 0}, "levelname": {level, 1, 0}, "lvl": {level, 2, 0},
	"loglevel": {level, 2, 0}, "severitytext": {level, 2, 0}, "sev": {level, 3, 0},
	"priority": {level, 4, syslogScale}, "l": {level, 4, 0}, "levelno": {level, 5, pythonScale},
	"levelvalue": {level, 5, 0}, "s": {level, 6, 0},

	"timeunixnano": {when, 0, 0}, "timestamp": {when, 1, 0}, "time": {when, 2, 0}, "ts": {when, 2, 0},
	"timestamp.seconds": {when, 2, 0}, "timestampseconds": {when, 2, 0}, "instant.epochsecond": {when, 2, 0},
	"datetime": {when, 3, 0}, "timemillis": {when, 3, 0}, "t": {when, 4, 0}, "t.$date": {when, 4, 0},
	"date": {when, 5, 0}, "asctime": {when, 5, 0}, "eventtime": {when, 6, 0}, "writtenat": {when, 6, 0},
	"sourcerealtimetimestamp": {when, 6, 0}, "realtimetimestamp": {when, 7, 0}, "created": {when, 8, 0},

	"timestamp.nanos": {nanos, 0, 0}, "timestampnanos": {nanos, 0, 0}, "instant.nanoofsecond": {nanos, 0, 0},

	"observedtimestamp": {observed, 0, 0}, "observedtimeunixnano": {observed, 0, 0},

	"service": {service, 0, 0}, "service.name": {service, 0, 0}, "servicename": {service, 0, 0},
	"otelservicename": {service, 1, 0}, "resource.service.name": {service, 1, 0}, "dd.service": {service, 1, 0},
	"syslogidentifier": {service, 2, 0}, "app": {service, 2, 0}, "application": {service, 2, 0},
	"appname": {service, 2, 0}, "applicationname": {service, 2, 0}, "program": {service, 3, 0},

	"hostname": {host, 0, 0}, "host.name": {host, 0, 0}, "host": {host, 1, 0},

	"traceid": {trace, 0, 0}, "trace.id": {trace, 0, 0}, "oteltraceid": {trace, 0, 0},
	"logging.googleapis.com/trace": {trace, 0, 0}, "mdc.traceid": {trace, 1, 0},
	"contextmap.traceid": {trace, 1, 0}, "context.traceid": {trace, 1, 0}, "trace": {trace, 2, 0},

	"spanid": {span, 0, 0}, "span.id": {span, 0, 0}, "otelspanid": {span, 0, 0},
	"logging.googleapis.com/spanid": {span, 0, 0}, "mdc.spanid": {span, 1, 0},
	"contextmap.spanid": {span, 1, 0}, "context.spanid": {span, 1, 0},

	"traceparent": {parent, 0, 0}, "name": {nameOfNode, 0, 0},
}

// longestName bounds what lookup looks at.
const longestName = 32

// lookup returns what the name of a field stands for.
func lookup(key string) (name, bool) {
	if len(key) > longestName {
		return name{}, false
	}
	var buffer [longestName]byte
	n := 0
	for i := range len(key) {
		c := key[i]
		switch {
		case c == '_' || c == '-' || c == '@':
			continue
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		}
		buffer[n] = c
		n++
	}
	found, ok := names[string(buffer[:n])] // The compiler makes no string of this.
	return found, ok
}
