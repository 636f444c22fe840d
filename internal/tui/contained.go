package tui

import (
	tea "charm.land/bubbletea/v2"
)

// contained is a model whose panics end the program in order, with the terminal restored
// and then the error shown. bubbletea's own way closes the terminal under the goroutine
// that reads from it, and prints over what is on the screen.
type contained struct {
	model   tea.Model
	session *session
}

var _ tea.Model = (*contained)(nil)

// Init is the model's.
func (c *contained) Init() (cmd tea.Cmd) {
	defer func() { c.session.contain(recover()) }()
	return c.model.Init()
}

// Update is the model's.
func (c *contained) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	m = c
	defer func() { c.session.contain(recover()) }()
	_, cmd = c.model.Update(msg)
	return m, cmd
}

// View is the model's, and empty if that panics.
func (c *contained) View() (v tea.View) {
	v.AltScreen = true
	defer func() { c.session.contain(recover()) }()
	return c.model.View()
}
