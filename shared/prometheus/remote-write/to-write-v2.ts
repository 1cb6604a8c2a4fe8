import { FieldCursor } from "../../wire/field-cursor.ts";
import { WireWriter } from "../../wire/wire-writer.ts";
import type { MetricMetadata } from "../sample.ts";
import { Symbols, writeMetadata, writePlaces } from "./write-symbols.ts";

const initialBytes = 16_384;
const maxBytes = 1 << 30;
const v1 = { label: 1, sample: 2, exemplar: 3, histogram: 4 };
const v2 = { series: 0x2a, sample: 0x12, histogram: 0x1a, exemplar: 0x22 };

/** What is known about the family of a series, by the name of the series. */
export type MetadataOf = (name: string) => MetricMetadata | undefined;

/**
 * A `prometheus.WriteRequest` (1.0) as an `io.prometheus.write.v2.Request`: samples and histograms travel as they are, texts
 * go into one table. Undefined where it is not a 1.0 request.
 */
export function toWriteV2(request: Uint8Array, metadataOf: MetadataOf = () => undefined): Uint8Array | undefined {
  const symbols = new Symbols();
  const out = new WireWriter(initialBytes, maxBytes);
  const cursor = new FieldCursor(request, 0, request.length);
  while (cursor.next()) {
    if (cursor.number !== 1) continue;
    if (cursor.wireType !== 2 || !writeSeries(cursor, { out, symbols, metadataOf })) return undefined;
  }
  return isWhole(cursor) ? symbols.inFrontOf(out.finish()) : undefined;
}

/** Samples, histograms and exemplars of a 1.0 request together: what a receiver of 2.0 says that it has written. */
export function countWritten(request: Uint8Array): number {
  let count = 0;
  const cursor = new FieldCursor(request, 0, request.length);
  while (cursor.next()) {
    if (cursor.number !== 1 || cursor.wireType !== 2) continue;
    const outer = cursor.enter();
    while (cursor.next()) if (cursor.number > v1.label && cursor.number <= v1.histogram) count += 1;
    cursor.leave(outer);
  }
  return count;
}

/** Whether no series of a 1.0 request has more than one sample: what is stored of such a request may be sent again. */
export function hasOneOfEach(request: Uint8Array): boolean {
  const seen = new Set<string>();
  const cursor = new FieldCursor(request, 0, request.length);
  while (cursor.next()) {
    if (cursor.number !== 1 || cursor.wireType !== 2) continue;
    const outer = cursor.enter();
    let labels = "";
    let samples = 0;
    while (cursor.next()) {
      if (cursor.number === v1.label) labels += textOf(cursor);
      else if (cursor.number !== v1.exemplar) samples += 1;
    }
    cursor.leave(outer);
    if (samples > 1 || seen.has(labels)) return false;
    seen.add(labels);
  }
  return true;
}

interface Into {
  readonly out: WireWriter;
  readonly symbols: Symbols;
  readonly metadataOf: MetadataOf;
}

/** A series of 2.0 has samples or histograms: one that has both becomes two. */
function writeSeries(outer: FieldCursor, into: Into): boolean {
  const { out, symbols } = into;
  const places: number[] = [];
  let name = "";
  let has = 0;
  const cursor = new FieldCursor(outer.bytes, outer.valueStart, outer.valueEnd);
  while (cursor.next()) {
    if (cursor.number === v1.label) {
      const [label, value] = readLabel(cursor);
      places.push(symbols.place(label), symbols.place(value));
      if (label === "__name__") name = value;
    } else if (cursor.number === v1.sample) has |= 1;
    else if (cursor.number === v1.histogram) has |= 2;
  }
  if (!isWhole(cursor)) return false;
  const metadata = into.metadataOf(Buffer.from(name, "latin1").toString());
  for (const kind of has === 3 ? [v1.sample, v1.histogram] : [has === 2 ? v1.histogram : v1.sample]) {
    out.ensure(16);
    out.tag(v2.series);
    const start = out.open(2);
    writePlaces(out, places);
    const isSecond = has === 3 && kind === v1.histogram;
    copyItems(outer, { out, number: kind, tag: kind === v1.sample ? v2.sample : v2.histogram });
    if (!isSecond) writeExemplars(outer, into);
    writeMetadata(out, metadata, symbols);
    out.close(start, 2);
  }
  return true;
}

function copyItems(
  { bytes, valueStart, valueEnd }: FieldCursor,
  { out, number, tag }: { readonly out: WireWriter; readonly number: number; readonly tag: number },
): void {
  const cursor = new FieldCursor(bytes, valueStart, valueEnd);
  while (cursor.next()) {
    if (cursor.number !== number) continue;
    const length = cursor.valueEnd - cursor.valueStart;
    out.ensure(length + 8);
    out.tag(tag);
    out.length(length);
    copy(out, bytes, cursor.valueStart, cursor.valueEnd);
  }
}

function writeExemplars({ bytes, valueStart, valueEnd }: FieldCursor, { out, symbols }: Into): void {
  const cursor = new FieldCursor(bytes, valueStart, valueEnd);
  while (cursor.next()) {
    if (cursor.number !== v1.exemplar) continue;
    out.ensure(16);
    out.tag(v2.exemplar);
    const start = out.open(1);
    const places: number[] = [];
    const inner = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
    while (inner.next()) {
      if (inner.number === 1) for (const text of readLabel(inner)) places.push(symbols.place(text));
    }
    writePlaces(out, places);
    const rest = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
    while (rest.next()) if (rest.number !== 1) copy(out, bytes, rest.fieldStart, rest.valueEnd);
    out.close(start, 1);
  }
}

function copy(out: WireWriter, bytes: Uint8Array, from: number, to: number): void {
  out.ensure(to - from);
  out.bytes.set(bytes.subarray(from, to), out.at);
  out.at += to - from;
}

/** Name and value with one character for each byte: they go out as the bytes that came in. */
function readLabel(outer: FieldCursor): readonly [name: string, value: string] {
  let name = "";
  let value = "";
  const outerEnd = outer.enter();
  while (outer.next()) {
    if (outer.number === 1) name = textOf(outer);
    else if (outer.number === 2) value = textOf(outer);
  }
  outer.leave(outerEnd);
  return [name, value];
}

function textOf({ bytes, valueStart, valueEnd }: FieldCursor): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", valueStart, valueEnd);
}

function isWhole(cursor: FieldCursor): boolean {
  return cursor.valueEnd === cursor.end;
}
