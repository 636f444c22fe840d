package door

import (
	"iter"
	"maps"

	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

// public is what whoever comes may do without saying who they are: it tells nothing that
// is not in the source of this program.
const public auth.Permission = 0

// methods is what each gRPC method asks for.
//
// Watching health and listing the services keep a stream open for as long as their caller
// likes, so they are for those who are known; a probe asks with Check.
var methods = map[string]auth.Permission{
	"/logger.v1.Logger/Monitor":      auth.Read,
	"/logger.v1.Logger/Tail":         auth.Read,
	"/logger.v1.Logger/ListEntries":  auth.Read,
	"/logger.v1.Logger/ListFields":   auth.Read,
	"/logger.v1.Logger/WriteEntries": auth.Write,

	"/opentelemetry.proto.collector.logs.v1.LogsService/Export": auth.Write,

	"/grpc.health.v1.Health/Check": public,
	"/grpc.health.v1.Health/List":  public,
	"/grpc.health.v1.Health/Watch": auth.Read,

	"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":      auth.Read,
	"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": auth.Read,
}

// routes is what each HTTP route asks for: a method and a pattern of the router. The pages
// hold no data of their own; what they show they ask for, with the credentials of whoever
// looks at them.
var routes = map[string]auth.Permission{
	"GET /logs/monitor": auth.Read,
	"GET /logs/tail":    auth.Read,
	"GET /logs":         auth.Read,
	"GET /logs/fields":  auth.Read,
	"POST /logs":        auth.Write,

	"POST /v1/logs": auth.Write, // OTLP, on its own address

	"GET /livez":   public,
	"GET /readyz":  public,
	"GET /healthz": public,

	"GET /":               public,
	"HEAD /":              public,
	"GET /assets/*":       public,
	"HEAD /assets/*":      public,
	"GET /docs":           public,
	"HEAD /docs":          public,
	"GET /docs/*":         public,
	"HEAD /docs/*":        public,
	"GET /openapi.yaml":   public,
	"HEAD /openapi.yaml":  public,
	"GET /openapi.json":   public,
	"HEAD /openapi.json":  public,
	"GET /asyncapi.yaml":  public,
	"HEAD /asyncapi.yaml": public,
}

// needed returns what a method or a route asks for. ok is false for what is in no table.
func needed(name string) (p auth.Permission, ok bool) {
	if p, ok = methods[name]; !ok {
		p, ok = routes[name]
	}
	return p, ok
}

// Knows reports whether a gRPC method ("/service/Method") or an HTTP route ("GET /logs") is
// in the table of permissions.
func Knows(name string) bool {
	_, ok := needed(name)
	return ok
}

// Permissions yields the whole table, in no order: for tests that compare it with what a
// server does.
func Permissions() iter.Seq2[string, auth.Permission] {
	return func(yield func(string, auth.Permission) bool) {
		for _, table := range []map[string]auth.Permission{methods, routes} {
			for name, p := range maps.All(table) {
				if !yield(name, p) {
					return
				}
			}
		}
	}
}
