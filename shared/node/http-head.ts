import type { IncomingMessage } from "node:http";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";

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
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(repeated === "last" ? request.headersDistinct : request.headers)) {
    if (value === undefined) continue;
    headers[name] = typeof value === "string" ? value : repeated === "last" ? (value.at(-1) ?? "") : value.join(", ");
  }
  return {
    method: request.method ?? "GET",
    path: target.replace(/^https?:\/\/[^/?]*/i, "").replace(/[?#].*$/s, "") || "/",
    headers,
    target,
    rawHeaders: request.rawHeaders,
    remoteAddress: request.socket.remoteAddress ?? "",
  };
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
