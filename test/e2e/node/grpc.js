// A gRPC client of Monitor, with grpc-js and the proto file: node grpc.js host:port path/to/logger.proto
//
// Commands: {"send": LogFilter}, {"half_close": true}, {"close": true}.
// Events: message, end (code and text of the status).
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { commands, emit } from "./lines.js";

const definition = loader.loadSync(process.argv[3], { keepCase: true, longs: String, enums: String });
const { Logger } = grpc.loadPackageDefinition(definition).logger.v1;
const client = new Logger(process.argv[2], grpc.credentials.createInsecure());
const stream = client.Monitor();

stream.on("data", (entry) => emit({ event: "message", message: toJSON(entry) }));
stream.on("error", () => {}); // status says the same
stream.on("status", (status) => {
  emit({ event: "end", code: status.code, reason: status.details });
  client.close();
});

commands({
  send: (filter) => stream.write(fromJSON(filter)),
  half_close: () => stream.end(),
  close: () => stream.cancel(),
});

// The JSON of protobuf writes times and durations as text, proto-loader as messages.
function toJSON(message) {
  const out = { ...message };
  for (const field of ["timestamp", "observed_timestamp"]) {
    if (out[field]) out[field] = time(out[field]);
  }
  if (out.notice?.goodbye?.retry_after) {
    const { seconds, nanos } = out.notice.goodbye.retry_after;
    out.notice.goodbye.retry_after = `${seconds ?? 0}.${pad(nanos)}s`;
  }
  return out;
}

function fromJSON(filter) {
  if (!filter.since) return filter;
  const [whole, fraction = ""] = filter.since.replace("Z", "").split(".");
  const seconds = Date.parse(`${whole}Z`) / 1000;
  return { ...filter, since: { seconds, nanos: Number(fraction.padEnd(9, "0")) } };
}

function time({ seconds, nanos }) {
  const whole = new Date(Number(seconds ?? 0) * 1000).toISOString().slice(0, 19);
  return `${whole}.${pad(nanos)}Z`;
}

function pad(nanos) {
  return String(nanos ?? 0).padStart(9, "0");
}
