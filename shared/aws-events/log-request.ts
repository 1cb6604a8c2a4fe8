import { writeAttribute } from "../otlp/write-attribute.ts";
import { WireWriter } from "../wire/wire-writer.ts";
import { writeBytes, writeTag, writeText } from "../wire/write-fields.ts";
import type { LogRecord, ResourceRecords, TraceContext } from "./log-record.ts";
import { writeTime } from "./write-time.ts";

// ExportLogsServiceRequest.resource_logs; ResourceLogs.resource, .scope_logs; ScopeLogs.scope, .log_records.
const resourceLogsTag = 0x0a;
const resourceTag = 0x0a;
const scopeLogsTag = 0x12;
const scopeTag = 0x0a;
const logRecordTag = 0x12;
// Resource.attributes; InstrumentationScope.name.
const resourceAttributeTag = 0x0a;
const scopeNameTag = 0x0a;
// LogRecord, by number.
const timeTag = 0x09;
const severityNumberTag = 0x10;
const severityTextTag = 0x1a;
const bodyTag = 0x2a;
const attributeTag = 0x32;
const traceIdTag = 0x4a;
const spanIdTag = 0x52;
const observedTag = 0x59;
const eventNameTag = 0x62;
// AnyValue.string_value.
const stringTag = 0x0a;

const initialBytes = 16_384;
/** Room for a length of 128 bytes to 16 KiB, as most records have. */
const usualRoom = 2;
/** Room for a length of 16 KiB to 2 MiB. */
const largeRoom = 3;

/**
 * Writes an `ExportLogsServiceRequest` of records, straight as protobuf; no bytes where there are no records. How large it may become
 * is for the caller to bound: it is about as large as its bodies and attributes.
 */
export function encodeLogRequest(origins: readonly ResourceRecords[]): Uint8Array {
  const writer = new WireWriter(initialBytes, Number.POSITIVE_INFINITY);
  for (const origin of origins) {
    if (origin.records.length === 0) continue;
    const open = openOrigin(writer, origin);
    for (const record of origin.records) writeRecord(writer, record);
    closeOrigin(writer, open);
  }
  return writer.finish();
}

/** Writes requests of one origin, record by record: none of them is held, and the size of a request is known as it grows. */
export class LogRequestWriter {
  private readonly writer = new WireWriter(initialBytes, Number.POSITIVE_INFINITY);
  private readonly origin: Origin;
  private open: OpenOrigin;
  /** Records since the last request. */
  items = 0;

  constructor(origin: Origin) {
    this.origin = origin;
    this.open = openOrigin(this.writer, origin);
  }

  /** Bytes of the request, but for a few. */
  get size(): number {
    return this.writer.at;
  }

  add(record: LogRecord): void {
    writeRecord(this.writer, record);
    this.items += 1;
  }

  /** The request, without bytes where there is no record. What is added from now on belongs to the next one. */
  finish(): Uint8Array {
    const { writer } = this;
    if (this.items === 0) return new Uint8Array(0);
    closeOrigin(writer, this.open);
    const bytes = writer.finish();
    writer.at = 0;
    this.items = 0;
    this.open = openOrigin(writer, this.origin);
    return bytes;
  }
}

type Origin = Omit<ResourceRecords, "records">;

/** Where the messages around the records begin. */
interface OpenOrigin {
  readonly resourceLogs: number;
  readonly scopeLogs: number;
}

function openOrigin(writer: WireWriter, { resource, scope }: Origin): OpenOrigin {
  writeTag(writer, resourceLogsTag);
  const resourceLogs = writer.open(largeRoom);
  nest(writer, resourceTag, usualRoom, () => {
    for (const attribute of resource) writeAttribute(writer, resourceAttributeTag, attribute);
  });
  writeTag(writer, scopeLogsTag);
  const scopeLogs = writer.open(largeRoom);
  if (scope !== undefined) nest(writer, scopeTag, 1, () => writeText(writer, scopeNameTag, scope));
  return { resourceLogs, scopeLogs };
}

function closeOrigin(writer: WireWriter, { resourceLogs, scopeLogs }: OpenOrigin): void {
  writer.close(scopeLogs, largeRoom);
  writer.close(resourceLogs, largeRoom);
}

function writeRecord(writer: WireWriter, record: LogRecord): void {
  const { time, observed, severity, body, attributes, trace, eventName } = record;
  writeTag(writer, logRecordTag);
  const start = writer.open(usualRoom);
  if (time) writeTime(writer, timeTag, time);
  if (severity) {
    writer.ensure(3);
    writer.tag(severityNumberTag);
    writer.varint(0, severity.number);
    writeText(writer, severityTextTag, severity.text);
  }
  writeTag(writer, bodyTag);
  const bodyStart = writer.open(usualRoom);
  writeText(writer, stringTag, body);
  writer.close(bodyStart, usualRoom);
  for (const attribute of attributes) writeAttribute(writer, attributeTag, attribute);
  if (trace) writeTrace(writer, trace);
  if (observed) writeTime(writer, observedTag, observed);
  if (eventName !== undefined) writeText(writer, eventNameTag, eventName);
  writer.close(start, usualRoom);
}

function writeTrace(writer: WireWriter, { traceId, spanId }: TraceContext): void {
  writeBytes(writer, traceIdTag, Buffer.from(traceId, "hex"));
  if (spanId !== undefined) writeBytes(writer, spanIdTag, Buffer.from(spanId, "hex"));
}

function nest(writer: WireWriter, tag: number, room: number, write: () => void): void {
  writeTag(writer, tag);
  const start = writer.open(room);
  write();
  writer.close(start, room);
}
