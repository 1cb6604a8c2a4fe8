import { writeAttribute } from "../otlp/write-attribute.ts";
import { WireWriter } from "../wire/wire-writer.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { fieldSize, writeOpening, writeText } from "./text-field.ts";

// ExportLogsServiceRequest.resource_logs, ResourceLogs.scope_logs, ScopeLogs.log_records.
const resourceLogsTag = 0x0a;
const scopeLogsTag = 0x12;
const logRecordTag = 0x12;
// LogRecord.time_unix_nano, .body, .attributes, .observed_time_unix_nano; AnyValue.string_value.
const timeTag = 0x09;
const bodyTag = 0x2a;
const attributeTag = 0x32;
const observedTag = 0x59;
const stringTag = 0x0a;

const fixed64Size = 9;
const maxKnown = 10_000;
const noBytes = Buffer.alloc(0);
const scratch = new WireWriter(1024, Number.POSITIVE_INFINITY);

/** Writes entries as OTLP log records: see `createToOtlp`. */
export type ToOtlp = (entries: readonly Entry[], observedUnixNano: bigint) => Uint8Array;

/**
 * Makes an `ExportLogsServiceRequest` of entries: the line is the body; labels and structured metadata are attributes, and
 * `loki.attribute.labels` names the labels, as Alloy's otelcol.receiver.loki does. The attributes of a set of labels are encoded once.
 */
export function createToOtlp(): ToOtlp {
  const known = new Map<LabelSet, Buffer>();

  function attributesOf(labels: LabelSet): Buffer {
    let bytes = known.get(labels);
    if (bytes === undefined) {
      bytes = encodeAttributes(attributesOfLabels(labels));
      if (known.size >= maxKnown) known.clear();
      known.set(labels, bytes);
    }
    return bytes;
  }

  return (entries, observedUnixNano) => {
    const records = entries.map((entry): Record => {
      const lineBytes = Buffer.byteLength(entry.line);
      const metadata = entry.metadata.length === 0 ? noBytes : encodeAttributes(entry.metadata);
      const labels = attributesOf(entry.labels);
      const size = 2 * fixed64Size + fieldSize(fieldSize(lineBytes)) + labels.length + metadata.length;
      return { entry, lineBytes, labels, metadata, size };
    });
    const scopeLogs = records.reduce((sum, { size }) => sum + fieldSize(size), 0);
    const resourceLogs = fieldSize(scopeLogs);
    const bytes = Buffer.allocUnsafeSlow(fieldSize(resourceLogs));
    let at = writeOpening(bytes, 0, { tag: resourceLogsTag, length: resourceLogs });
    at = writeOpening(bytes, at, { tag: scopeLogsTag, length: scopeLogs });
    for (const record of records) at = writeRecord(bytes, at, { ...record, observedUnixNano });
    return bytes;
  };
}

interface Record {
  readonly entry: Entry;
  readonly lineBytes: number;
  /** Encoded attributes. */
  readonly labels: Buffer;
  readonly metadata: Buffer;
  readonly size: number;
}

function writeRecord(bytes: Buffer, from: number, record: Record & { readonly observedUnixNano: bigint }): number {
  const { entry, lineBytes, labels, metadata, size, observedUnixNano } = record;
  let at = writeOpening(bytes, from, { tag: logRecordTag, length: size });
  at = writeTime(bytes, at, { tag: timeTag, unixNano: entry.timeUnixNano });
  at = writeOpening(bytes, at, { tag: bodyTag, length: fieldSize(lineBytes) });
  at = writeText(bytes, at, { tag: stringTag, text: entry.line, length: lineBytes });
  bytes.set(labels, at);
  bytes.set(metadata, at + labels.length);
  at += labels.length + metadata.length;
  return writeTime(bytes, at, { tag: observedTag, unixNano: observedUnixNano });
}

function writeTime(bytes: Buffer, from: number, { tag, unixNano }: { tag: number; unixNano: bigint }): number {
  bytes[from] = tag;
  return bytes.writeBigUInt64LE(BigInt.asUintN(64, unixNano), from + 1);
}

function attributesOfLabels(labels: LabelSet): readonly Label[] {
  if (labels.length === 0) return [];
  const path = labels.find(({ name }) => name === "filename")?.value;
  const file =
    path === undefined
      ? []
      : [
          { name: "log.file.path", value: path },
          { name: "log.file.name", value: path.slice(path.lastIndexOf("/") + 1) },
        ];
  return [...file, ...labels, { name: "loki.attribute.labels", value: labels.map(({ name }) => name).join(",") }];
}

function encodeAttributes(pairs: readonly Label[]): Buffer {
  scratch.at = 0;
  for (const pair of pairs) writeAttribute(scratch, attributeTag, pair);
  return Buffer.from(scratch.finish().buffer);
}
