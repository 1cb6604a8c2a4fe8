import { isUtf8 } from "node:buffer";
import type { ALBEvent } from "aws-lambda";
import type { RequestHead } from "../../shared/node/http-server/http-head.ts";

/** Where the request entered, for `x-forwarded-*`, and how the target group hands headers over. */
export interface AlbEventOptions {
  readonly port: number;
  readonly multiValueHeaders: boolean;
  readonly traceId: () => string;
}

/** The event, or why the load balancer does not invoke the function at all. */
export type AlbEventOutcome =
  | { readonly kind: "event"; readonly event: ALBEvent }
  | { readonly kind: "bad-request"; readonly message: string };

const maxLineBytes = 16 * 1024;
const maxHeadersBytes = 64 * 1024;
const maxTracedBytes = 7 * 1024;
const plainTypes = /^(text\/[^;]*|application\/(json|javascript|xml))\s*(;|$)/i;

/** What an ALB with a Lambda target makes of a request (ELB guide, "Lambda functions as targets", "Quotas"). */
export function toAlbEvent(head: RequestHead, body: Uint8Array, options: AlbEventOptions): AlbEventOutcome {
  const refusal = refuse(head);
  if (refusal) return { kind: "bad-request", message: refusal };
  const headers = withForwarding(headersOf(head), head, options);
  const plain = !("content-encoding" in headers) && plainTypes.test(headers["content-type"]?.at(-1) ?? "");
  if (plain && !isUtf8(body)) return { kind: "bad-request", message: "The body is not UTF-8." };
  const event = {
    requestContext: { elb: { targetGroupArn: localTargetGroup } },
    httpMethod: head.method,
    path: head.path,
    ...(options.multiValueHeaders
      ? { multiValueQueryStringParameters: queryOf(head.target), multiValueHeaders: headers }
      : { queryStringParameters: lastOf(queryOf(head.target)), headers: lastOf(headers) }),
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(plain ? "utf8" : "base64"),
    isBase64Encoded: !plain,
  };
  return { kind: "event", event };
}

const localTargetGroup =
  "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/sluice-ingest/0000000000000000";

type Lines = Record<string, string[]>;

function refuse({ method, target, headers, rawHeaders }: RequestHead): string | undefined {
  if (method.length + target.length + " HTTP/1.1  ".length > maxLineBytes) return "The request line is over 16 KB.";
  let total = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const size = (rawHeaders[index]?.length ?? 0) + (rawHeaders[index + 1]?.length ?? 0) + ": ".length;
    if (size > maxLineBytes) return "A header is over 16 KB.";
    total += size;
  }
  if (total > maxHeadersBytes) return "The headers are over 64 KB.";
  // An offer of HTTP/2 (RFC 7540 3.2), which the JDK's client makes with every first request, may be ignored, and is.
  if (headers.upgrade !== undefined && !/^\s*h2c\s*$/i.test(headers.upgrade))
    return "The connection cannot be upgraded.";
  return rawHeaders.every((text) => isUtf8(Buffer.from(text, "latin1"))) ? undefined : "A header is not UTF-8.";
}

/** Lower-case names, every value of a repeated header; node:http reads bytes as Latin-1, the event holds UTF-8. */
function headersOf({ rawHeaders }: RequestHead): Lines {
  const lines = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = Buffer.from(rawHeaders[index + 1] ?? "", "latin1").toString("utf8");
    lines.set(name, [...(lines.get(name) ?? []), value]);
  }
  for (const name of ["connection", "keep-alive", "transfer-encoding", "expect", "upgrade", "http2-settings"])
    lines.delete(name);
  return Object.fromEntries(lines);
}

function withForwarding(headers: Lines, { remoteAddress, rawHeaders }: RequestHead, options: AlbEventOptions): Lines {
  const address = remoteAddress.replace(/^::ffff:/, "");
  const before = headers["x-forwarded-for"]?.join(", ");
  return {
    ...headers,
    "x-amzn-trace-id": [traced(headers["x-amzn-trace-id"]?.at(-1), rawHeaders.join("  ").length, options.traceId)],
    "x-forwarded-for": [before === undefined ? address : `${before}, ${address}`],
    "x-forwarded-port": [String(options.port)],
    "x-forwarded-proto": ["http"],
  };
}

/** `Root` is added where there is none, `Self` where there was one; large headers lose what else was in there. */
function traced(given: string | undefined, headersBytes: number, traceId: () => string): string {
  const fields = (given ?? "").split(";").filter((field) => field !== "" && !field.startsWith("Self="));
  if (!fields.some((field) => field.startsWith("Root="))) return [...fields, `Root=${traceId()}`].join(";");
  const kept = headersBytes > maxTracedBytes ? fields.filter((field) => field.startsWith("Root=")) : fields;
  return [`Self=${traceId()}`, ...kept].join(";");
}

/** Query parameters as sent: an ALB does not decode them. */
function queryOf(target: string): Lines {
  const parameters = new Map<string, string[]>();
  const query = /\?([^#]*)/.exec(target)?.[1] ?? "";
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const [name = "", ...value] = pair.split("=");
    parameters.set(name, [...(parameters.get(name) ?? []), value.join("=")]);
  }
  return Object.fromEntries(parameters);
}

function lastOf(lines: Lines): Record<string, string> {
  return Object.fromEntries(Object.entries(lines).map(([name, values]) => [name, values.at(-1) ?? ""]));
}
