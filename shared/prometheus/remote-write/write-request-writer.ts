import { lengthSize, writeLength } from "../../wire/varint.ts";
import { WireWriter } from "../../wire/wire-writer.ts";
import { encodeLabels } from "../encode-labels.ts";
import { copyBytes, type EncodedLabels } from "../label-block.ts";
import { metricTypes } from "../metric-type.ts";
import { type MetricMetadata, type SampleBatch, sampleKind } from "../sample.ts";
import { encodedLabelsOf } from "../series.ts";
import { sizeOfSample, writeHistogram, writeSample, writeTime } from "./write-sample.ts";

const initialBytes = 16_384;
const maxBytes = 1 << 30;
const samplesTag = 0x12;
const exemplarsTag = 0x1a;
const histogramsTag = 0x22;

/** Rows of one series that follow each other in a batch. */
export interface Rows {
  readonly batch: SampleBatch;
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
}

/**
 * Writes a `prometheus.WriteRequest` (remote write 1.0): to the labels of a series, which were encoded before, its samples
 * are added (`bench/prometheus.ts`).
 */
export class WriteRequestWriter {
  /** Samples and histograms written since the last `finish`. */
  samples = 0;
  exemplars = 0;
  private readonly out = new WireWriter(initialBytes, maxBytes);

  get size(): number {
    return this.out.at;
  }

  /** Adds one row, whatever it is. */
  addRow(labels: EncodedLabels, batch: SampleBatch, row: number): void {
    const isPlain =
      batch.kinds[row] !== sampleKind.histogram && (batch.exemplars.size === 0 || !batch.exemplars.has(row));
    if (isPlain) {
      this.addOne(labels, batch, row);
    } else {
      this.addSeries(labels, { batch, from: row, to: row + 1 });
    }
  }

  /** Adds rows of one series, whose labels are given as `encodeLabels` makes them. */
  addSeries(labels: EncodedLabels, rows: Rows): void {
    const { batch, from, to } = rows;
    this.samples += to - from;
    const { out } = this;
    const length = labels.end - labels.start;
    out.ensure(length + 16);
    out.tag(0x0a);
    const start = out.open(3);
    out.ensure(length);
    this.copy(labels);
    for (let row = from; row < to; row++) {
      if (batch.kinds[row] !== sampleKind.histogram) {
        out.ensure(32);
        out.tag(samplesTag);
        out.length(sizeOfSample(batch, row));
        writeSample(out, batch, row);
      }
    }
    for (let row = from; row < to; row++) {
      this.addExemplars(batch, row);
    }
    for (let row = from; row < to; row++) {
      const histogram = batch.histograms.get(row);
      if (histogram) {
        out.ensure(8);
        out.tag(histogramsTag);
        const inner = out.open(2);
        writeHistogram(out, histogram, batch.timesMs[row] ?? 0);
        out.close(inner, 2);
      }
    }
    out.close(start, 3);
  }

  /** Adds what is known about a family. */
  addMetadata({ family, type, help, unit }: MetricMetadata): void {
    const { out } = this;
    out.ensure(16);
    out.tag(0x1a);
    const start = out.open(2);
    const number = metricTypes.indexOf(type);
    if (number > 0) {
      out.ensure(2);
      out.tag(0x08);
      out.length(number);
    }
    this.addText(0x12, family);
    this.addText(0x22, help);
    this.addText(0x2a, unit);
    out.close(start, 2);
  }

  /** The request as it is now, in a buffer of its own; the writer is empty then. */
  finish(): Uint8Array {
    return this.take().slice();
  }

  /** The same without a copy: it is overwritten by what is added next. */
  take(): Uint8Array {
    const { bytes, at } = this.out;
    this.out.at = 0;
    this.samples = 0;
    this.exemplars = 0;
    return bytes.subarray(0, at);
  }

  /** Adds one row that is a value or a stale marker, without exemplars: what nearly all are. */
  private addOne(labels: EncodedLabels, batch: SampleBatch, row: number): void {
    this.samples++;
    const { out } = this;
    const sample = sizeOfSample(batch, row);
    const length = labels.end - labels.start + 2 + sample;
    out.ensure(length + 6);
    const { bytes } = out;
    bytes[out.at++] = 0x0a;
    out.at = writeLength(bytes, out.at, length);
    this.copy(labels);
    bytes[out.at++] = samplesTag;
    bytes[out.at++] = sample;
    writeSample(out, batch, row);
  }

  /** There must be room. */
  private copy({ block: { view }, start, end }: EncodedLabels): void {
    const { out } = this;
    out.at = copyBytes({ view, start, end }, out.view, out.at);
  }

  private addExemplars(batch: SampleBatch, row: number): void {
    const { out } = this;
    for (const { labels, value, timeMs } of batch.exemplars.get(row) ?? []) {
      this.exemplars++;
      const encoded = encodeLabels(labels);
      const length = encoded.end - encoded.start;
      out.ensure(length + 40);
      out.tag(exemplarsTag);
      const inner = out.open(2);
      out.ensure(length + 24);
      this.copy(encoded);
      if (value !== 0) {
        out.tag(0x11);
        out.double(value);
      }
      writeTime(out, 0x18, timeMs ?? batch.timesMs[row] ?? 0);
      out.close(inner, 2);
    }
  }

  private addText(tag: number, text: string): void {
    if (text === "") {
      return;
    }
    const { out } = this;
    const length = Buffer.byteLength(text);
    out.ensure(1 + lengthSize(length) + length);
    out.tag(tag);
    out.length(length);
    out.at += Buffer.from(out.bytes.buffer).write(text, out.at);
  }
}

/** A whole batch as one request, with labels as they are: for what is not on the hot path. */
export function encodeWriteRequest(batch: SampleBatch): Uint8Array {
  const writer = new WriteRequestWriter();
  forEachSeries(batch, (from, to) => {
    const series = batch.series[from];
    if (series) {
      writer.addSeries(encodedLabelsOf(series), { batch, from, to });
    }
  });
  for (const metadata of batch.metadata) {
    writer.addMetadata(metadata);
  }
  return writer.finish();
}

/** Calls `visit` for every run of rows of one series. */
export function forEachSeries(batch: SampleBatch, visit: (from: number, to: number) => void): void {
  const { series } = batch;
  for (let from = 0; from < series.length; ) {
    let to = from + 1;
    while (to < series.length && series[to] === series[from]) {
      to++;
    }
    visit(from, to);
    from = to;
  }
}
