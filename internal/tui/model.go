package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/highlight"
)

// wire is what the model asks of the session. None of it blocks.
type wire interface {
	want(query string, now bool)
	query(revision uint32) (string, bool)
	grant(entries int)
	askFields()
}

var _ wire = (*session)(nil)

// panel is what covers the rows.
type panel int

const (
	noPanel panel = iota
	detailPanel
	helpPanel
)

// model is the state of the screen. One goroutine, the program's, uses it.
type model struct {
	wire   wire
	server string
	base   *loggerv1.LogFilter
	zone   *time.Location

	width, height int
	rows          rows
	place         place
	filter        filterLine
	status        streamState
	marker        *highlight.Marker
	origin        int  // width of the column of services so far
	granted       bool // a batch is allowed and has not come

	panel  panel
	detail *loggerv1.LogEntry
	scroll int // of the panel
	// ended is what ended the stream.
	ended error
}

var _ tea.Model = (*model)(nil)

func newModel(cfg Config, w wire) *model {
	m := &model{
		wire: w, server: cfg.Server, base: proto.CloneOf(cfg.Filter), zone: time.Local, //nolint:gosmopolitan // the zone of the reader.
		filter: newFilterLine(cfg.Filter.GetQuery()),
	}
	if cfg.UTC {
		m.zone = time.UTC
	}
	return m
}

// Init begins to take entries, and asks what there is to complete.
func (m *model) Init() tea.Cmd {
	m.wire.askFields()
	m.grant()
	return nil
}

// Update takes one message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.settle()
	case batch:
		cmd := m.take(msg)
		return m, cmd
	case fieldsKnown:
		m.filter.learn(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case tea.KeyPressMsg:
		cmd := m.press(msg)
		return m, cmd
	}
	return m, nil
}

// mostAtOnce is how many entries a batch has at most: all that is on its way.
const mostAtOnce = maxPending

// grant allows another batch, as large as there is room for. A screen that is held still
// has room until the rows that it shows would be the oldest.
func (m *model) grant() {
	room := mostAtOnce
	if m.place.held {
		room = min(room, maxRows-(m.rows.next-m.place.top))
	}
	if m.granted || room <= 0 {
		return
	}
	m.granted = true
	m.wire.grant(room)
}

// full tells whether the screen has stopped taking entries.
func (m *model) full() bool { return m.place.held && !m.granted }
