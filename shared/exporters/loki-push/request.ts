import type { Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";

/** One push in protobuf. The endpoint is the whole URL, usually `…/loki/api/v1/push`. */
export function request({ encoding, tenant, body }: Payload, endpoint: string): ExportRequest {
  const headers = {
    "content-type": "application/x-protobuf",
    ...(encoding !== "identity" && { "content-encoding": encoding }),
    ...(tenant !== undefined && tenant !== "" && { "x-scope-orgid": tenant }),
  };
  return { url: endpoint, headers, body };
}
