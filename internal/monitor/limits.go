package monitor

// LimitHits counts how often each limit bit. Hit does not block and is safe for concurrent
// use.
type LimitHits interface{ Hit(limit string) }

// The keys of the limits of streams. What a limit does otherwise has a metric of its own.
const (
	limitStreams          = "stream.max_streams"
	limitPrincipalStreams = "stream.max_streams_per_principal"
	limitFirstFilter      = "stream.first_filter_timeout"
	limitFilterUpdates    = "stream.filter_updates"
	limitMaxAge           = "stream.max_age"
	limitIdle             = "stream.idle_timeout"
)

// LimitKeys returns the keys of the limits that a [Service] tells its [LimitHits] of.
func LimitKeys() []string {
	return []string{
		limitStreams, limitPrincipalStreams, limitFirstFilter, limitFilterUpdates, limitMaxAge, limitIdle,
	}
}

// hit counts one time that a limit bit.
func (s *Service) hit(limit string) {
	if s.cfg.Limits != nil {
		s.cfg.Limits.Hit(limit)
	}
}
