import { gzipSync } from "node:zlib";
import type { HttpRequest } from "../../../shared/http/message.ts";
import type { FirehoseVector } from "./vectors.ts";

export const requestId = "7d1f0c52-6a3b-4e18-9c44-2b90e5d1a7f3";
export const sourceArn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/ds-1";

export interface FirehoseOptions {
  readonly id?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
}

/** A request as Firehose sends it. */
export function firehoseRequest(records: readonly Uint8Array[], options: FirehoseOptions = {}): HttpRequest {
  const { id = requestId, key = "k-correct", gzip = false, headers = {} } = options;
  const data = records.map((record) => ({ data: Buffer.from(record).toString("base64") }));
  const body = Buffer.from(JSON.stringify({ requestId: id, timestamp: 1_709_294_460_000, records: data }));
  return {
    method: "POST",
    path: "/",
    headers: {
      "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-request-id": id,
      "x-amz-firehose-source-arn": sourceArn,
      "x-amz-firehose-access-key": key,
      "content-type": "application/json",
      ...(gzip && { "content-encoding": "gzip" }),
      ...headers,
    },
    body: gzip ? gzipSync(body) : body,
  };
}

/** The request of a case; undefined where it is the event of a function. */
export function requestOf({ input }: FirehoseVector): HttpRequest | undefined {
  const { method, headers = {}, body_utf8, body_base64, body_generator } = input;
  if (method === undefined) return undefined;
  return {
    method,
    path: "/",
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: body_generator
      ? generated(body_generator)
      : Buffer.from(body_utf8 ?? body_base64 ?? "", body_utf8 === undefined ? "base64" : "utf8"),
  };
}

function generated({ what, n }: { readonly what: string; readonly n: number }): Uint8Array {
  if (what.startsWith("gzip of")) return gzipSync(Buffer.alloc(n));
  const records = [{ data: Buffer.alloc(n, 0x61).toString("base64") }];
  return Buffer.from(JSON.stringify({ requestId, timestamp: 1_709_294_460_000, records }));
}
