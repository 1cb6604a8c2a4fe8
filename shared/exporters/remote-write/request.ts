import { snappy } from "../../compression/snappy-block.ts";
import type { Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";

/** One write of remote write 1.0. The endpoint is the whole URL, usually `…/api/v1/write`. */
export function request({ encoding, body }: Payload, endpoint: string): ExportRequest {
  const headers = {
    "content-type": "application/x-protobuf",
    "content-encoding": "snappy",
    "x-prometheus-remote-write-version": "0.1.0",
  };
  return { url: endpoint, headers, body: encoding === "identity" ? snappy(body) : body };
}
