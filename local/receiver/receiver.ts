import { timingSafeEqual } from "node:crypto";
import { decodeContent } from "../../shared/compression/content-encoding.ts";
import { grafanaCloudDestination } from "../../shared/config/destinations.ts";
import type { Destination } from "../../shared/delivery/destination.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { createHttpServer } from "../../shared/node/http-server/http-server.ts";
import { encodeResponse } from "../../shared/otlp/response.ts";
import { type Signal, signals } from "../../shared/otlp/signals.ts";
import { type Layout, readableLines, servicesOf } from "../../shared/readable/readable.ts";
import { refused } from "../../shared/receivers/otlp-http/answers.ts";
import { type Secret, secret } from "../../shared/secret.ts";
import { signalNames } from "../../shared/signal.ts";
import { scan } from "../../shared/wire/scan.ts";
import { itemNoun } from "../../shared/wire/schema.ts";
import { toJson } from "../../shared/wire/to-json.ts";

export interface ReceiverOptions {
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void;
  readonly apiKey: string;
  /** Asked for each request: a terminal may change its width. */
  readonly layout?: () => Layout;
}

/** A destination on this machine that shows what it is sent. */
export interface Receiver {
  readonly destination: Destination;
  close(): Promise<void>;
}

const instanceId = "local";
const maxBytes = 64 * 1024 * 1024;

/**
 * Stands in for Grafana Cloud where no account is configured: an OTLP/HTTP endpoint on loopback, with the same
 * authentication, that prints one readable line per item and a summary line per request.
 */
export async function startReceiver({ write, apiKey, layout }: ReceiverOptions): Promise<Receiver> {
  const server = createHttpServer({
    handle: async (request) => receive(request),
    maxBodyBytes: maxBytes,
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const key: Secret = secret(apiKey);
  return {
    destination: grafanaCloudDestination({ endpoint: `http://127.0.0.1:${port}/otlp`, instanceId, apiKey: key }),
    close: () => server.close(1000),
  };

  function receive(request: HttpRequest): HttpAnswer {
    const signal = signalNames.map((each) => signals[each]).find(({ path }) => request.path === `/otlp${path}`);
    if (!signal) return refused({ status: 404, reason: "path", message: "no such path" }, request);
    if (!isKnown(request.headers.authorization ?? "")) {
      return refused({ status: 401, reason: "token", message: "unknown credentials" }, request);
    }
    const content = decodeContent(request.body, request.headers["content-encoding"], maxBytes);
    if (content.kind !== "decoded") return refused({ status: 400, reason: "content", message: content.kind }, request);
    const scanned = scan(content.bytes, signal.request);
    if (scanned.kind === "rejected") {
      return refused({ status: 400, reason: "malformed", message: scanned.message }, request);
    }
    show(signal, content.bytes, scanned.items, request.body.length);
    const headers = { "content-type": "application/x-protobuf" };
    return { status: 200, headers, body: encodeResponse(signal, "protobuf") };
  }

  function isKnown(authorization: string): boolean {
    const expected = Buffer.from(`Basic ${Buffer.from(`${instanceId}:${apiKey}`).toString("base64")}`);
    const given = Buffer.from(authorization);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  function show(signal: Signal, bytes: Uint8Array, items: number, sentBytes: number): void {
    const request = toJson(bytes, signal.request);
    for (const line of readableLines(request, signal.name, layout?.())) write(`${line}\n`);
    const services = servicesOf(request, signal.name);
    const from =
      services.length > 3 ? `${services.slice(0, 3).join(", ")} and ${services.length - 3} more` : services.join(", ");
    const noun = itemNoun(signal.request, items);
    write(`${signal.name}: ${items} ${noun} from ${from}, ${bytes.length} bytes (${sentBytes} as sent)\n`);
  }
}
