import type { ExportRequest, Transport } from "../delivery/transport.ts";
import { createHttpTransport, type HttpTransportOptions } from "./http-transport.ts";
import { createHttp2Transport } from "./http2-transport.ts";

export interface DestinationTransport extends Transport {
  /** Closes all connections. */
  close(): void;
}

/** Posts in the version of HTTP that the request asks for: 1.1, or 2 for gRPC. */
export function createDestinationTransport(options: HttpTransportOptions = {}): DestinationTransport {
  const http1 = createHttpTransport(options);
  const http2 = createHttp2Transport(options.env ? { env: options.env } : {});
  return {
    post: (request: ExportRequest, given) => (request.httpVersion === "2" ? http2 : http1).post(request, given),
    close() {
      http1.close();
      http2.close();
    },
  };
}
