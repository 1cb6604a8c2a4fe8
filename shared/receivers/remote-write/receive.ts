import { unsnappy } from "../../compression/snappy.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import {
  formatLabels,
  isLabelName,
  isMetricName,
  labelPairs,
  labelsOf,
  labelValue,
  metricName,
} from "../../prometheus/labels.ts";
import {
  type DecodedWrite,
  decodeWriteRequest,
  decodeWriteRequestV2,
} from "../../prometheus/remote-write/decode-write-request.ts";
import { type SampleBatch, sampleKind } from "../../prometheus/sample.ts";
import type { SeriesCache } from "../../prometheus/series-cache.ts";

/** The messages of remote write by the names that configurations use. */
export const writeMessages = ["prometheus.WriteRequest", "io.prometheus.write.v2.Request"] as const;

/** One of them. */
export type WriteMessage = (typeof writeMessages)[number];

/** A request as samples, or the answer to one that is none. */
export type ReceivedWrite =
  | {
      readonly kind: "received";
      readonly batch: SampleBatch;
      /** Samples of series that no receiver may store, and the first reason. */
      readonly invalid: { readonly samples: number; readonly reason: string };
      /** The answer when the batch is durable. */
      readonly answer: HttpAnswer;
    }
  | { readonly kind: "refused"; readonly answer: HttpAnswer };

export interface ReceiveWriteOptions {
  readonly accepted: readonly WriteMessage[];
  readonly maxBytes: number;
  readonly series: SeriesCache;
}

const text = new TextEncoder();
const headers = { "content-type": "text/plain; charset=utf-8" };

/** Reads a request of remote write 1.0 or 2.0 (specifications; what Prometheus answers, prometheus.md §4). Never throws. */
export function receiveWrite(request: HttpRequest, options: ReceiveWriteOptions): ReceivedWrite {
  const refusal = refuseHead(request, options.accepted);
  if (refusal) {
    return { kind: "refused", answer: refusal };
  }
  const isV2 = messageOf(request.headers["content-type"] ?? "") === "io.prometheus.write.v2.Request";
  const raw = unsnappy(request.body, options.maxBytes);
  if (raw.kind !== "decoded") {
    const status = raw.kind === "too-large" ? 413 : 400;
    return refused(status, raw.kind === "too-large" ? "the request is too large" : "s2: corrupt input");
  }
  const invalid = { samples: 0, reason: "" };
  const make = (flat: readonly string[]) => {
    const problem = problemOf(flat);
    if (problem !== undefined) {
      invalid.reason ||= problem;
      return undefined;
    }
    return options.series.of(labelsOf(labelPairs(flat)));
  };
  const decoded: DecodedWrite = isV2 ? decodeWriteRequestV2(raw.bytes, make) : decodeWriteRequest(raw.bytes, make);
  if (decoded.kind === "invalid") {
    return refused(400, decoded.reason);
  }
  invalid.samples = decoded.dropped;
  const { batch } = decoded;
  const written = isV2 ? writtenHeaders(batch) : {};
  const answer =
    isV2 && invalid.reason !== ""
      ? { status: 400, headers: { ...headers, ...written }, body: text.encode(`${invalid.reason}\n`) }
      : { status: 204, headers: written, body: new Uint8Array(0) };
  return { kind: "received", batch, invalid, answer };
}

/** What is wrong with the head of a request: asked before its body is read. */
export function refuseHead(
  { method, headers: given }: Pick<HttpRequest, "method" | "headers">,
  accepted: readonly WriteMessage[],
): HttpAnswer | undefined {
  if (method !== "POST") {
    return plain(405, "remote write is a POST");
  }
  const contentType = given["content-type"] ?? "";
  const encoding = given["content-encoding"] ?? "snappy";
  if (encoding !== "snappy") {
    return plain(
      415,
      `${encoding.slice(0, 40)} encoding (compression) is not accepted by this server; only snappy is acceptable`,
    );
  }
  if (contentType !== "" && mediaTypeOf(contentType) !== "application/x-protobuf") {
    return plain(
      415,
      `expected application/x-protobuf as the first (media) part, got ${contentType.slice(0, 100)} content-type`,
    );
  }
  const message = messageOf(contentType);
  if (!message || !accepted.includes(message)) {
    return plain(
      415,
      `${message ?? contentType.slice(0, 100)} protobuf message is not accepted by this server; only accepts ${accepted.join(", ")}`,
    );
  }
  return undefined;
}

function mediaTypeOf(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function messageOf(contentType: string): WriteMessage | undefined {
  const proto = contentType
    .split(";")
    .slice(1)
    .map((part) => part.trim())
    .find((part) => part.startsWith("proto="));
  return proto === undefined ? writeMessages[0] : writeMessages.find((message) => proto === `proto=${message}`);
}

function problemOf(flat: readonly string[]): string | undefined {
  const pairs = labelPairs(flat);
  const names = pairs.map(([name]) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  const shown = formatLabels(flat).slice(0, 300);
  if (repeated !== undefined) {
    return `invalid labels for series, labels ${shown}, duplicated label ${repeated}`;
  }
  const isValid =
    isMetricName(labelValue(flat, metricName), "utf8") && names.every((name) => isLabelName(name, "utf8"));
  return isValid ? undefined : `invalid metric name or labels, got ${shown}`;
}

function writtenHeaders({ kinds, exemplars }: SampleBatch): Readonly<Record<string, string>> {
  const histograms = kinds.filter((kind) => kind === sampleKind.histogram).length;
  const count = [...exemplars.values()].reduce((sum, each) => sum + each.length, 0);
  return {
    "x-prometheus-remote-write-samples-written": String(kinds.length - histograms),
    "x-prometheus-remote-write-histograms-written": String(histograms),
    "x-prometheus-remote-write-exemplars-written": String(count),
  };
}

function refused(status: number, reason: string): ReceivedWrite {
  return { kind: "refused", answer: plain(status, reason) };
}

function plain(status: number, message: string): HttpAnswer {
  return { status, headers, body: text.encode(`${message}\n`) };
}
