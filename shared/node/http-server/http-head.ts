import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";

/** What is known of a request before its body: `target` is the path with the query, as sent. */
export interface RequestHead extends Omit<HttpRequest, "body"> {
  readonly target: string;
  /** Names and values in turn, as sent: repeated headers are all here. */
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
}

/** The head of `request`; names are lower-case, absolute targets lose scheme and host in `path`. */
export function headOf(request: IncomingMessage, repeated: "combined" | "last"): RequestHead {
  const target = request.url ?? "/";
  return {
    method: request.method ?? "GET",
    path: target.replace(/^https?:\/\/[^/?]*/i, "").replace(/[?#].*$/s, "") || "/",
    headers: repeated === "last" ? lastOf(request.headersDistinct) : combined(request.headers),
    target,
    rawHeaders: request.rawHeaders,
    remoteAddress: request.socket.remoteAddress ?? "",
  };
}

/** Only of cookies that a server sets Node makes a list, which no request has that means well. */
function combined(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const cookies = headers["set-cookie"];
  return (cookies ? { ...headers, "set-cookie": cookies.join(", ") } : headers) as Readonly<Record<string, string>>;
}

function lastOf(headers: NodeJS.Dict<string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values?.at(-1) ?? ""]));
}

/** The part of the head that the pure code sees. */
export function requestOf({ method, path, headers, remoteAddress }: RequestHead): Omit<HttpRequest, "body"> {
  return { method, path, headers, ...(remoteAddress !== "" && { clientAddress: remoteAddress }) };
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "upgrade", "trailer"]);

/** The header fields of `answer` as sent: Content-Length is computed where it is known, hop-by-hop fields are the carrier's; `last` closes. */
export function fieldsOf(answer: HttpAnswer, last: boolean): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) if (!hopByHop.has(name)) fields[name] = value;
  if (answer.status !== 204 && answer.status !== 304 && !answer.chunks)
    fields["content-length"] = String(answer.body.length);
  if (last) fields.connection = "close";
  return fields;
}

/** An answer that the carrier gives by itself, in plain text. */
export function plain(status: number, text: string): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(text) };
}
