import type { ExportRequest, Transport } from "../../delivery/transport.ts";
import { createHttpTransport, type HttpTransport, type HttpTransportOptions } from "./http-transport.ts";

export interface DestinationTransport extends Transport {
  /** Closes all connections. */
  close(): void;
}

/** Posts in the version of HTTP that the request asks for: 1.1, or 2 for gRPC, which is loaded when it is asked for. */
export function createDestinationTransport(options: HttpTransportOptions = {}): DestinationTransport {
  const http1 = createHttpTransport(options);
  let http2: Promise<HttpTransport> | undefined;
  const open = async () =>
    (await import("./http2-transport.ts")).createHttp2Transport(options.env ? { env: options.env } : {});
  return {
    async post(request: ExportRequest, given) {
      if (request.httpVersion !== "2") return http1.post(request, given);
      http2 ??= open();
      return (await http2).post(request, given);
    },
    close() {
      http1.close();
      void http2?.then(({ close }) => close());
    },
  };
}
