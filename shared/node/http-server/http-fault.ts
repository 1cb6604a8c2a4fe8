import { codingMessage, type HttpFault } from "../../http/fault.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { plain } from "./http-head.ts";

/** The answer in plain text; whatever is not the client's fault asks it to come back. */
export function plainFault(fault: HttpFault): HttpAnswer {
  switch (fault.kind) {
    case "too-large":
      return plain(413, "The body is too large.");
    case "no-room":
    case "crashed":
      return again("Please send it again.");
    case "slow":
      return again("The request came too slowly: please send it again.");
    case "coding":
      return plain(501, codingMessage(fault.coding));
    case "broken":
      return plain(fault.status, fault.message);
  }
}

/** What broke the parser, in words for whoever configured the client. `error` is that of `clientError`. */
export function faultOf(error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }): HttpFault {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return { kind: "slow" };
  if (error.code === "HPE_HEADER_OVERFLOW") {
    return { kind: "broken", status: 431, reason: "headers", message: "The headers are too large." };
  }
  const start = error.rawPacket?.subarray(0, 24) ?? Buffer.alloc(0);
  if (start.toString("latin1").startsWith("PRI * HTTP/2")) return broken("http2", http2Message);
  if (start[0] === 0x16 && start[1] === 0x03) return broken("tls", tlsMessage);
  return broken("malformed", "This is not a well-formed HTTP/1.1 request.");
}

const http2Message =
  "This port serves OTLP/HTTP over HTTP/1.1, and the client speaks HTTP/2: OTLP/gRPC has a port of its own, 4317 by default.";
const tlsMessage =
  "This port serves plain HTTP, and the client began a TLS handshake: use http:// in its endpoint, or give the server a certificate.";

function broken(reason: string, message: string): HttpFault {
  return { kind: "broken", status: 400, reason, message };
}

function again(text: string): HttpAnswer {
  return { ...plain(503, text), headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "1" } };
}
