// A program that logs through the OpenTelemetry SDK: node otel.js http://host:4318 http://host:4317
//
// Command: {"log": {"via": "json" | "protobuf" | "grpc", "records": [LogEntry]}}: logs the records through that exporter
// and waits until they are exported. Events: exported (how many, the error if there was one).
import { ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPLogExporter as GRPC } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as JSONOverHTTP } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufOverHTTP } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { commands, emit } from "./lines.js";

const [http, grpc] = process.argv.slice(2);
const compression = "gzip";
const pipelines = {
  json: pipeline(new JSONOverHTTP({ url: `${http}/v1/logs`, compression })),
  protobuf: pipeline(new ProtobufOverHTTP({ url: `${http}/v1/logs` })),
  grpc: pipeline(new GRPC({ url: grpc })),
};

// pipeline is one exporter with a batch processor in front; the providers are one a service and host, as each service
// has its own resource.
function pipeline(exporter) {
  const results = { exported: 0, errors: [] };
  const counted = {
    export: (records, done) =>
      exporter.export(records, (result) => {
        if (result.code === 0) results.exported += records.length;
        else results.errors.push(String(result.error));
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchLogRecordProcessor({ exporter: counted, maxExportBatchSize: 256, maxQueueSize: 16384 });
  return { processor, results, loggers: new Map() };
}

function loggerOf({ processor, loggers }, { service, host }) {
  const key = `${service}\n${host}`;
  if (!loggers.has(key)) {
    const resource = resourceFromAttributes({ "service.name": service, "host.name": host });
    loggers.set(key, new LoggerProvider({ resource, processors: [processor] }).getLogger("e2e"));
  }
  return loggers.get(key);
}

function log(target, entry) {
  const context = entry.trace_id
    ? trace.setSpanContext(ROOT_CONTEXT, { traceId: entry.trace_id, spanId: entry.span_id, traceFlags: TraceFlags.SAMPLED })
    : ROOT_CONTEXT;
  loggerOf(target, entry).emit({
    timestamp: [Number(entry.seconds), entry.nanos],
    severityNumber: entry.severity_number,
    severityText: entry.severity,
    body: entry.message,
    attributes: entry.attributes,
    context,
  });
}

commands({
  log: async ({ via, records }) => {
    const target = pipelines[via];
    for (const record of records) log(target, record);
    await target.processor.forceFlush();
    emit({ event: "exported", via, count: target.results.exported, errors: target.results.errors });
  },
});

emit({ event: "ready" });
