import { attribute, block, type DecodedBy, requiredBlock, table } from "../../../../shared/alloy/arguments.ts";
import { map } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration, optionalSecret, size, string } from "../../../../shared/alloy/text-types.ts";
import type { Exporter } from "../../../../shared/delivery/exporter.ts";
import { otlpGrpcExporter } from "../../../../shared/exporters/otlp-grpc/exporter.ts";
import { authHandler, otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { clientTls, tlsOf } from "../tls.ts";
import { authOf, headersOf } from "./client.ts";
import { exporting, type OtlpExport } from "./otlp-exporter.ts";
import { limitsOf, sendingFields } from "./sending.ts";

const client = table({
  endpoint: attribute(string, { help: "host:port." }),
  compression: attribute(string, { default: "gzip", help: "gzip or none." }),
  tls: block(clientTls),
  keepalive: block(
    table({
      ping_wait: attribute(duration),
      ping_response_timeout: attribute(duration),
      ping_without_stream: attribute(bool),
    }),
    { help: "A connection that does not answer is replaced when an export times out." },
  ),
  read_buffer_size: attribute(size),
  write_buffer_size: attribute(size, { default: 512 * 1024 }),
  wait_for_ready: attribute(bool),
  headers: attribute(map(optionalSecret)),
  balancer_name: attribute(string, { default: "round_robin" }),
  authority: attribute(string, { unsupported: "use tls.server_name" }),
  auth: attribute(authHandler),
});

const args = table(
  {
    client: requiredBlock(client),
    timeout: attribute(duration, { default: 5000, help: "Of one export." }),
    ...sendingFields,
    debug_metrics: debugMetrics,
  },
  {
    validate({ client: { endpoint, compression, auth } }) {
      if (!placeOf(endpoint)) return `the endpoint ${JSON.stringify(endpoint)} is not host:port`;
      if (!["gzip", "none", ""].includes(compression))
        return `compression ${JSON.stringify(compression)} is not supported: use "gzip" or "none"`;
      return auth && !auth.client ? "the auth handler is for servers, not for exporters" : undefined;
    },
  },
);

type Args = DecodedBy<typeof args>;

/** `otelcol.exporter.otlp`: OTLP over gRPC to one destination, with its queue on the disk. */
export const otlp = defineComponent({
  name: "otelcol.exporter.otlp",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: exporting(exportOf),
});

function exportOf(given: Args, name: string): OtlpExport {
  const { endpoint, compression, tls, headers, auth } = given.client;
  const exporter: Exporter = {
    ...otlpGrpcExporter,
    encodings: compression === "gzip" ? otlpGrpcExporter.encodings : ["identity"],
  };
  // Like the Collector: https:// asks for TLS whatever the block says, otherwise the block alone decides.
  const isPlain = !endpoint.startsWith("https://") && tls?.insecure === true;
  const url = `${isPlain ? "http" : "https"}://${placeOf(endpoint)}`;
  return {
    destination() {
      const secured = tlsOf(tls);
      return {
        name,
        endpoint: url,
        auth: authOf(auth),
        exporter,
        ...(headers.size > 0 && { headers: headersOf(headers) }),
        ...(secured && !isPlain && { tls: secured }),
      };
    },
    limits: limitsOf(given, given.timeout),
    gathersItself: given.sending_queue.batch !== undefined,
    usesQueue: given.sending_queue.enabled,
  };
}

/** `host:port` of an endpoint. */
function placeOf(endpoint: string): string | undefined {
  const place = endpoint.replace(/^(?:https?|dns):\/{2,3}/, "");
  return /^(?:\[[^\]]+\]|[^:/]+):\d{1,5}$/.test(place) ? place : undefined;
}
