import { formats } from "../../batch/formats.ts";
import type { Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";
import { signals } from "../../otlp/signals.ts";

const prefixBytes = 5;

/** One unary call of OTLP/gRPC; the endpoint is `http://host:port` or `https://host:port`, as whose TLS it is (grpc: PROTOCOL-HTTP2.md). */
export function request({ format, encoding, tenant, body }: Payload, endpoint: string): ExportRequest {
  const url = URL.parse(endpoint);
  const path = signals[formats[format].signal].grpcPath;
  return {
    url: url ? `${url.origin}${path}` : endpoint,
    httpVersion: "2",
    headers: {
      "content-type": "application/grpc",
      te: "trailers",
      ...(encoding !== "identity" && { "grpc-encoding": encoding }),
      ...(tenant !== undefined && { "x-scope-orgid": tenant }),
    },
    body: framed(body, encoding !== "identity"),
  };
}

function framed(message: Uint8Array, isCompressed: boolean): Uint8Array {
  const frame = new Uint8Array(prefixBytes + message.length);
  frame[0] = isCompressed ? 1 : 0;
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, prefixBytes);
  return frame;
}
