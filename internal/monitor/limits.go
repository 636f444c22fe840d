package monitor

import (
	"errors"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

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
		filter.LimitBytes, filter.LimitDepth, filter.LimitConditions, filter.LimitRegexes, filter.LimitInstructions,
	}
}

// hit counts one time that a limit bit.
func (s *Service) hit(limit string) {
	if s.cfg.Limits != nil {
		s.cfg.Limits.Hit(limit)
	}
}

// compile compiles a filter within the limits of the service.
func (s *Service) compile(f *loggerv1.LogFilter) (*filter.Matcher, error) {
	m, err := s.cfg.Filter.Compile(f)
	if e, ok := errors.AsType[*filter.Error](err); ok && e.Limit != "" {
		s.hit(e.Limit)
	}
	return m, err
}
