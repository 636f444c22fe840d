// A WebSocket client of GET /logs/monitor, with ws: node websocket.js ws://host:port/logs/monitor
//
// Commands: {"send": LogFilter}, {"raw": "text"}, {"close": true}.
// Events: message, error (the error frame), end (code and reason of the close frame).
import WebSocket from "ws";
import { commands, emit } from "./lines.js";

const socket = new WebSocket(process.argv[2]);
const opened = new Promise((resolve) => socket.on("open", resolve));
socket.on("message", (data) => {
  const frame = JSON.parse(data.toString());
  if (frame.result) emit({ event: "message", message: frame.result });
  else emit({ event: "error", error: frame.error });
});
socket.on("error", (error) => emit({ event: "fault", error: String(error) }));
socket.on("close", (code, reason) => emit({ event: "end", code, reason: reason.toString() }));

commands({
  send: (filter) => opened.then(() => socket.send(JSON.stringify(filter))),
  raw: (text) => opened.then(() => socket.send(text)),
  close: () => socket.close(1000),
});
