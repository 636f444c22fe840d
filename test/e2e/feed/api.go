package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
)

// API is a source that writes with WriteEntries.
type API struct {
	feed      *Feed
	client    *client.Client
	name      string
	generator *demo.Generator

	// Acknowledged is the cursor of the last entry that the server has said is stored.
	Acknowledged string
}

var _ Source = (*API)(nil)

// API returns a source that writes with the Go client.
func (f *Feed) API(c *client.Client, name string, seed uint64) *API {
	return &API{feed: f, client: c, name: name, generator: demo.New(seed)}
}

// Write writes entries and remembers which are acknowledged.
func (s *API) Write(ctx context.Context, n int) error {
	entries := s.feed.make(s.generator, n, always(s.name, exact))
	response, err := s.client.Write(ctx, entries...)
	if err != nil {
		s.feed.doubt(s.name, n)
		return err
	}
	if int(response.GetAccepted()) != n {
		return fmt.Errorf("%d of %d entries were accepted: %v", response.GetAccepted(), n, response.GetRejected())
	}
	s.Acknowledged = response.GetCursor()
	return nil
}

// post writes with POST /logs.
type post struct {
	feed      *Feed
	url       string
	generator *demo.Generator
}

// Post returns a source that writes NDJSON to POST /logs.
func (f *Feed) Post(address string, seed uint64) Source {
	return &post{f, "http://" + address + "/logs", demo.New(seed)}
}

func (s *post) Write(ctx context.Context, n int) error {
	var body bytes.Buffer
	for _, e := range s.feed.make(s.generator, n, always("post", exact)) {
		line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
		if err != nil {
			return err
		}
		body.Write(append(line, '\n'))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	answer := &loggerv1.WriteEntriesResponse{}
	if err := protojson.Unmarshal(text, answer); err != nil || int(answer.GetAccepted()) != n {
		return fmt.Errorf("POST /logs answered %s: %s", response.Status, text)
	}
	return nil
}
