import { snappy } from "../../compression/snappy-block.ts";
import type { Exporter, Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";
import { type MetadataOf, toWriteV2 } from "../../prometheus/remote-write/to-write-v2.ts";
import { classifyV2, isUnknownMessage } from "./classify-v2.ts";
import { remoteWriteExporter } from "./exporter.ts";

/**
 * Prometheus' remote write 2.0: batches of 1.0 become an `io.prometheus.write.v2.Request` when they are sent. A receiver that does
 * not know it gets 1.0. Keep one for each destination: `metadataOf` says what its series are.
 */
export function createRemoteWriteV2Exporter(metadataOf?: MetadataOf): Exporter {
  function request(payload: Payload, endpoint: string): ExportRequest {
    const body = toWriteV2(payload.body, metadataOf);
    // What is not a request at all is for the receiver to refuse.
    if (!body) return remoteWriteExporter.request(payload, endpoint);
    const headers = {
      "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "2.0.0",
    };
    return { url: endpoint, headers, body: snappy(body) };
  }

  return {
    protocol: "remote-write-2",
    formats: ["prometheus/write"],
    // It looks into every body: there is a table of texts in each request.
    encodings: ["identity"],
    request,
    classify: classifyV2,
    fallback: { to: remoteWriteExporter, isDue: isUnknownMessage },
    probe: (format) => ({ format, encoding: "identity", body: new Uint8Array(0) }),
  };
}
