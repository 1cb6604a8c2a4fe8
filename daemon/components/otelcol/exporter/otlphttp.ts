import { attribute, block, type DecodedBy, requiredBlock, table } from "../../../../shared/alloy/arguments.ts";
import { map } from "../../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { duration, oneOf, optionalSecret, size, string } from "../../../../shared/alloy/text-types.ts";
import type { FormatName } from "../../../../shared/batch/formats.ts";
import type { Destination } from "../../../../shared/delivery/destination.ts";
import type { Exporter } from "../../../../shared/delivery/exporter.ts";
import { otlpHttpExporter } from "../../../../shared/exporters/otlp-http/exporter.ts";
import { authHandler, otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { clientTls, tlsOf } from "../tls.ts";
import { authOf, headersOf } from "./client.ts";
import { exporting, type OtlpExport } from "./otlp-exporter.ts";
import { limitsOf, sendingFields } from "./sending.ts";

const pool = "connections are pooled by the process";

const client = table({
  endpoint: attribute(string),
  proxy_url: attribute(string),
  compression: attribute(string, { default: "gzip", help: "gzip or none." }),
  compression_params: block(table({ level: attribute(int) }), { unsupported: "the level that costs least is used" }),
  tls: block(clientTls),
  timeout: attribute(duration, { default: 30_000, help: "Of one export." }),
  headers: attribute(map(optionalSecret)),
  read_buffer_size: attribute(size),
  write_buffer_size: attribute(size, { default: 512 * 1024 }),
  max_idle_conns: attribute(int, { default: 100 }),
  max_idle_conns_per_host: attribute(int),
  max_conns_per_host: attribute(int),
  idle_conn_timeout: attribute(duration, { default: 90_000 }),
  disable_keep_alives: attribute(bool, { unsupported: pool }),
  http2_read_idle_timeout: attribute(duration),
  http2_ping_timeout: attribute(duration, { default: 15_000 }),
  force_attempt_http2: attribute(bool, { default: true, help: "OTLP/HTTP is sent over HTTP/1.1." }),
  auth: attribute(authHandler),
  cookies: block(table({ enabled: attribute(bool) }), { unsupported: "no cookies are kept" }),
});

const args = table(
  {
    client: requiredBlock(client),
    traces_endpoint: attribute(string),
    metrics_endpoint: attribute(string),
    logs_endpoint: attribute(string),
    encoding: attribute(
      oneOf(["proto", "json"], (given) => `invalid encoding type ${given}`),
      { default: "proto" },
    ),
    ...sendingFields,
    debug_metrics: debugMetrics,
  },
  {
    validate({ client: { endpoint, compression, auth }, ...given }) {
      const own = [given.traces_endpoint, given.metrics_endpoint, given.logs_endpoint];
      if (endpoint === "" && own.some((each) => each === "")) return "at least one endpoint must be specified";
      const bad = [endpoint, ...own].find((each) => each !== "" && !/^https?:$/.test(URL.parse(each)?.protocol ?? ""));
      if (bad !== undefined) return `the endpoint ${JSON.stringify(bad)} is not an http or https URL`;
      if (!["gzip", "none", ""].includes(compression))
        return `compression ${JSON.stringify(compression)} is not supported: use "gzip" or "none"`;
      if (given.encoding === "json") return 'encoding "json" is not supported: every OTLP server takes "proto"';
      return auth && !auth.client ? "the auth handler is for servers, not for exporters" : undefined;
    },
  },
);

type Args = DecodedBy<typeof args>;

/** `otelcol.exporter.otlphttp`: OTLP over HTTP to one destination, with its queue on the disk. */
export const otlphttp = defineComponent({
  name: "otelcol.exporter.otlphttp",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: exporting(exportOf),
});

function exportOf(given: Args, id: string): OtlpExport {
  const exporter = exporterOf(given);
  return {
    destination: () => destinationOf(given, id, exporter),
    limits: limitsOf(given, given.client.timeout),
    gathersItself: given.sending_queue.batch !== undefined,
    usesQueue: given.sending_queue.enabled,
  };
}

function exporterOf(given: Args): Exporter {
  const own: Readonly<Partial<Record<FormatName, string>>> = {
    "otlp/traces": given.traces_endpoint,
    "otlp/metrics": given.metrics_endpoint,
    "otlp/logs": given.logs_endpoint,
  };
  return {
    ...otlpHttpExporter,
    encodings: given.client.compression === "gzip" ? otlpHttpExporter.encodings : ["identity"],
    request(payload, base) {
      const request = otlpHttpExporter.request(payload, base);
      const url = own[payload.format];
      return url ? { ...request, url } : request;
    },
  };
}

function destinationOf(given: Args, name: string, exporter: Exporter): Destination {
  const { endpoint, headers, auth, proxy_url: proxyUrl, tls } = given.client;
  const secured = tlsOf(tls);
  return {
    name,
    endpoint,
    auth: authOf(auth),
    exporter,
    ...(headers.size > 0 && { headers: headersOf(headers) }),
    ...(secured && { tls: secured }),
    ...(proxyUrl !== "" && { proxyUrl }),
  };
}
