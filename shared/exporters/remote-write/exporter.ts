import type { Exporter } from "../../delivery/exporter.ts";
import { classify } from "./classify.ts";
import { request } from "./request.ts";

/** Prometheus' remote write 1.0: `prometheus.WriteRequest` in a snappy block. */
export const remoteWriteExporter: Exporter = {
  protocol: "remote-write",
  formats: ["prometheus/write"],
  encodings: ["snappy"],
  request,
  classify,
  // A snappy block of no bytes, a request without series: Prometheus answers 204.
  probe: (format) => ({ format, encoding: "snappy", body: Uint8Array.of(0) }),
};
