import type { Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";

/** One push in protobuf. The endpoint is the whole URL, usually `…/loki/api/v1/push`. The tenant is a header of the destination. */
export function request({ encoding, body }: Payload, endpoint: string): ExportRequest {
  const headers = {
    "content-type": "application/x-protobuf",
    ...(encoding !== "identity" && { "content-encoding": encoding }),
  };
  return { url: endpoint, headers, body };
}
