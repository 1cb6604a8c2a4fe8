import { attribute, block, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { duration, size, string } from "../../../../shared/alloy/text-types.ts";
import { signals } from "../../../../shared/otlp/signals.ts";
import { authHandler } from "../../../controller/capsules.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { output } from "../output.ts";
import { serverTls } from "../tls.ts";

const keepalive = table({
  server_parameters: block(
    table({
      max_connection_idle: attribute(duration, { help: "0: five minutes." }),
      max_connection_age: attribute(duration),
      max_connection_age_grace: attribute(duration),
      time: attribute(duration),
      timeout: attribute(duration),
    }),
  ),
  enforcement_policy: block(table({ min_time: attribute(duration), permit_without_stream: attribute(bool) }), {
    help: "Pings are always answered.",
  }),
});

const grpc = table({
  endpoint: attribute(string, { default: "0.0.0.0:4317" }),
  transport: attribute(string, { default: "tcp" }),
  max_recv_msg_size: attribute(size, { default: 4 * 2 ** 20 }),
  max_concurrent_streams: attribute(int, { help: "0: 256." }),
  read_buffer_size: attribute(size, { default: 512 * 1024, help: "Without effect: the platform's buffers are used." }),
  write_buffer_size: attribute(size, { help: "Without effect." }),
  include_metadata: attribute(bool),
  auth: attribute(authHandler),
  tls: block(serverTls),
  keepalive: block(keepalive),
});

const http = table({
  endpoint: attribute(string, { default: "0.0.0.0:4318" }),
  max_request_body_size: attribute(size, { default: 20 * 2 ** 20 }),
  include_metadata: attribute(bool),
  compression_algorithms: attribute(list(string), {
    help: "gzip, deflate, zlib, zstd and snappy are always understood.",
  }),
  keep_alives_enabled: attribute(bool, { default: true }),
  idle_timeout: attribute(duration, { default: 60_000 }),
  read_timeout: attribute(duration, { help: "For a whole body; 0: a minute." }),
  write_timeout: attribute(duration, { default: 30_000, help: "For the client to read its answer." }),
  read_header_timeout: attribute(duration, { default: 60_000 }),
  traces_url_path: attribute(string, { default: signals.traces.path }),
  metrics_url_path: attribute(string, { default: signals.metrics.path }),
  logs_url_path: attribute(string, { default: signals.logs.path }),
  auth: attribute(authHandler),
  tls: block(serverTls),
  cors: block(
    table({
      allowed_origins: attribute(list(string)),
      allowed_headers: attribute(list(string), { help: "Every header that a browser asks for is allowed." }),
      exposed_headers: attribute(list(string)),
      max_age: attribute(int),
    }),
  ),
});

/** The arguments of `otelcol.receiver.otlp`. */
export const otlpReceiverArguments = table(
  { grpc: block(grpc), http: block(http), output, debug_metrics: debugMetrics },
  {
    validate({ grpc: overGrpc, http: overHttp }) {
      if (overGrpc && overGrpc.transport !== "tcp")
        return `transport ${JSON.stringify(overGrpc.transport)} is not supported: use "tcp"`;
      for (const given of [overGrpc, overHttp]) {
        if (given && !placeOf(given.endpoint)) return `endpoint ${JSON.stringify(given.endpoint)} is not host:port`;
        if (given?.auth && !given.auth.server)
          return "the auth handler is for exporters: receivers take otelcol.auth.basic and otelcol.auth.bearer";
      }
      const paths = overHttp ? [overHttp.traces_url_path, overHttp.metrics_url_path, overHttp.logs_url_path] : [];
      const bad = paths.find((path) => !path.startsWith("/"));
      return bad === undefined ? undefined : `the path ${JSON.stringify(bad)} must begin with a slash`;
    },
  },
);

export type OtlpReceiverArguments = DecodedBy<typeof otlpReceiverArguments>;

/** Host and port of an endpoint; undefined when it is not host:port. */
export function placeOf(endpoint: string): { host: string; port: number } | undefined {
  const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(endpoint) ?? [];
  if (port === "" || Number(port) > 65_535) return undefined;
  return { host: bracketed ?? (plain === "" ? "0.0.0.0" : plain), port: Number(port) };
}
