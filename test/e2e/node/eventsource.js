// An EventSource on GET /logs/tail: node eventsource.js "http://host:port/logs/tail?query=..."
//
// It reconnects by itself, with the Last-Event-ID that it has seen. Commands: {"close": true}.
// Events: open (also after a reconnect), message (with the id), error (an error frame), fault (the connection is lost).
import { EventSource } from "eventsource";
import { commands, emit } from "./lines.js";

const source = new EventSource(process.argv[2]);

source.addEventListener("open", () => emit({ event: "open" }));
source.addEventListener("message", (event) => {
  const frame = JSON.parse(event.data);
  if (frame.result) emit({ event: "message", message: frame.result, id: event.lastEventId });
  else emit({ event: "error", error: frame.error });
});
// An event that the server names "error" has data; the EventSource's own do not.
source.addEventListener("error", (event) => {
  if (event.data) emit({ event: "error", error: JSON.parse(event.data).error });
  else emit({ event: "fault", error: event.message ?? "", code: event.code ?? 0, final: source.readyState === EventSource.CLOSED });
});

commands({
  close: () => {
    source.close();
    emit({ event: "end", code: 0, reason: "" });
  },
});
