package bench

import (
	"sync"
	"time"
)

// meterBeat is how often progress is told.
const meterBeat = 250 * time.Millisecond

// meter tells how far a run is by the time that rows usually take.
type meter struct {
	rows []Row
	tell func(Progress)
	quit chan struct{}
	wg   sync.WaitGroup

	mu    sync.Mutex
	place int // of the row being measured
	begun time.Time
}

// newMeter returns a meter, which tells until it is stopped. tell may be nil.
func newMeter(rows []Row, tell func(Progress)) *meter {
	m := &meter{rows: rows, tell: tell, quit: make(chan struct{}), begun: time.Now()}
	if tell == nil {
		return m
	}
	m.wg.Go(func() {
		ticker := time.NewTicker(meterBeat)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				m.report()
			case <-m.quit:
				return
			}
		}
	})
	return m
}

// stop waits until nothing more is told.
func (m *meter) stop() {
	close(m.quit)
	m.wg.Wait()
}

// begin says that a row is being measured from now on.
func (m *meter) begin(place int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.place, m.begun = place, time.Now()
}

func (m *meter) report() {
	m.mu.Lock()
	p := Progress{Row: m.rows[m.place].Name, Place: m.place + 1, Rows: len(m.rows)}
	p.Done = min(time.Since(m.begun), m.rows[m.place].about)
	before := m.rows[:m.place]
	m.mu.Unlock()
	for i := range before {
		p.Done += before[i].about
	}
	for i := range m.rows {
		p.Total += m.rows[i].about
	}
	m.tell(p)
}
