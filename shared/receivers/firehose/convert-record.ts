import { fromJson } from "../../aws-events/metric-stream/from-json.ts";
import { readFrames } from "../../aws-events/metric-stream/read-frames.ts";
import { readJson } from "../../aws-events/metric-stream/read-json.ts";
import { toGauges } from "../../aws-events/metric-stream/to-gauges.ts";
import { withResourceAttributes } from "../../aws-events/resource-attributes.ts";
import { decodeContent } from "../../compression/content-encoding.ts";
import { merge } from "../../wire/merge.ts";
import { convertText } from "./convert-text.ts";
import { type Converted, type ConvertOptions, maxConvertedBytes, type Piece } from "./converted.ts";

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
  if (!/^\s*\{/.test(text) || !text.includes('"metric_stream_name"'))
    return convertText(bytes, text, { ...options, record });
  const { data, refused } = readJson(text);
  if (data.length === 0) return convertText(bytes, text, { ...options, record });
  const made = fromJson(data, maxConvertedBytes);
  if (made.kind === "too-large") return { pieces: [], refused: [...refused, { ...tooLarge, bytes: record }] };
  return { pieces: [pieceOf(made, options)], refused };
}

const tooLarge = {
  reason: "too-large",
  message: `More than ${maxConvertedBytes} bytes would come of a record as gauges.`,
};

function shape(request: Metrics, options: ConvertOptions): { piece?: Piece; problem?: typeof tooLarge } {
  if (!options.toGauges) return { piece: pieceOf(request, options) };
  const made = toGauges(request.bytes, maxConvertedBytes);
  return made.kind === "too-large" ? { problem: tooLarge } : { piece: pieceOf(made, options) };
}

interface Metrics {
  readonly bytes: Uint8Array;
  readonly items: number;
}

function pieceOf({ bytes, items }: Metrics, { attributes }: ConvertOptions): Piece {
  return { signal: "metrics", bytes: withResourceAttributes(bytes, attributes), items };
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
