import { fromJson } from "../../aws-events/metric-stream/from-json.ts";
import { readFrames } from "../../aws-events/metric-stream/read-frames.ts";
import { readJson } from "../../aws-events/metric-stream/read-json.ts";
import { reshape } from "../../aws-events/metric-stream/reshape.ts";
import { decodeContent } from "../../compression/content-encoding.ts";
import { merge } from "../../wire/merge.ts";
import { convertText } from "./convert-text.ts";
import type { Converted, ConvertOptions, Piece } from "./converted.ts";

/** Most bytes that one record may hold once inflated, and that may come of it: a thousand kilobytes can claim a gigabyte. */
export const maxConvertedBytes = 32 * 1_048_576;

/**
 * Makes OTLP of a record, whatever a producer put into the stream: it is told by its first bytes, since a stream may change its format
 * from one record to the next (aws-sources, "What arrives through Firehose"). Never throws.
 */
export function convertRecord(record: Uint8Array, options: ConvertOptions): Converted {
  if (record[0] === 0x1f && record[1] === 0x8b) return convertGzip(record, options);
  const { requests, items, refused } = readFrames(record);
  const isEmpty = requests.length === 0 && refused.length === 0;
  // Nearly any bytes are a message of fields that nobody knows: what has data points is one of metrics.
  const isMetricStream = items > 0 || isEmpty || refused.some(({ reason }) => reason === "opentelemetry-0.7");
  if (!isMetricStream) return convertPlain(record, options);
  if (requests.length === 0) return { pieces: [], refused };
  const { piece, problem } = shape({ bytes: merge(requests), items }, options);
  return { pieces: piece ? [piece] : [], refused: problem ? [...refused, { ...problem, bytes: record }] : refused };
}

function convertGzip(record: Uint8Array, options: ConvertOptions): Converted {
  const content = decodeContent(record, "gzip", maxConvertedBytes);
  if (content.kind === "decoded") return convertPlain(content.bytes, options, record);
  const message =
    content.kind === "too-large"
      ? `A record holds more than ${maxConvertedBytes} bytes once inflated.`
      : "A record begins as gzip does and is not.";
  const reason = content.kind === "too-large" ? "too-large" : "gzip";
  return { pieces: [], refused: [{ reason, message, bytes: record }] };
}

function convertPlain(bytes: Uint8Array, options: ConvertOptions, record = bytes): Converted {
  const text = textOf(bytes);
  if (text === undefined) {
    const [refused] = readFrames(bytes).refused;
    if (!refused && record === bytes) return { pieces: [], refused: [] };
    const message = `A record is neither text nor what a metric stream sends. ${refused?.message ?? ""}`.trimEnd();
    return { pieces: [], refused: [{ reason: refused?.reason ?? "not-text", message, bytes: record }] };
  }
  if (!/^\s*\{/.test(text) || !text.includes('"metric_stream_name"')) return convertText(text, options);
  const { data, refused } = readJson(text);
  if (data.length === 0) return convertText(text, options);
  const made = fromJson(data, { attributes: options.attributes, maxBytes: maxConvertedBytes });
  if (made.kind === "too-large") return { pieces: [], refused: [...refused, { ...tooLarge, bytes: record }] };
  return { pieces: [{ signal: "metrics", bytes: made.bytes, items: made.items }], refused };
}

const tooLarge = {
  reason: "too-large",
  message: `More than ${maxConvertedBytes} bytes would come of a record as gauges.`,
};

function shape(
  request: { readonly bytes: Uint8Array; readonly items: number },
  { toGauges, attributes }: ConvertOptions,
): { piece?: Piece; problem?: typeof tooLarge } {
  if (!toGauges && attributes.length === 0) return { piece: { signal: "metrics", ...request } };
  const shaped = reshape(request.bytes, { toGauges, attributes, maxBytes: maxConvertedBytes });
  if (shaped.kind === "too-large") return { problem: tooLarge };
  return { piece: { signal: "metrics", bytes: shaped.bytes, items: shaped.items } };
}

/** How many bytes are looked at for what no text has. */
const lookedAt = 1024;
const [tab, carriageReturn, escapeByte, blank] = [0x09, 0x0d, 0x1b, 0x20];

/** The text of a record; undefined where it is not UTF-8, or begins with what no text has. */
function textOf(bytes: Uint8Array): string | undefined {
  const isBinary = bytes
    .subarray(0, lookedAt)
    .some((byte) => byte < tab || (byte > carriageReturn && byte < blank && byte !== escapeByte));
  if (isBinary) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
