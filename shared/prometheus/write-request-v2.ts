import { WireWriter } from "../wire/wire-writer.ts";
import { type Labels, labelValue, metricName } from "./labels.ts";
import { metricTypes } from "./metric-type.ts";
import { type Exemplar, type MetricMetadata, type SampleBatch, sampleKind } from "./sample.ts";
import { forEachSeries } from "./write-request-writer.ts";
import { sizeOfSample, writeHistogram, writeSample, writeTime } from "./write-sample.ts";

const INITIAL_BYTES = 16_384;
const MAX_BYTES = 1 << 30;

/** Writes a batch as an `io.prometheus.write.v2.Request` (remote write 2.0). */
export function encodeWriteRequestV2(
  batch: SampleBatch,
  options: {
    /** When the counter of a series began, milliseconds since 1970; 0 where it is not known. */
    readonly startMs?: (row: number) => number;
    /** What is known about a family, beyond what the batch brings. */
    readonly metadataOf?: (family: string) => MetricMetadata | undefined;
  } = {},
): Uint8Array {
  const { startMs = () => 0, metadataOf = () => undefined } = options;
  const symbols = new Symbols();
  const own = new Map(batch.metadata.map((metadata) => [metadata.family, metadata]));
  const out = new WireWriter(INITIAL_BYTES, MAX_BYTES);
  forEachSeries(batch, (from, to) => {
    const labels = batch.series[from]?.labels ?? [];
    const family = labelValue(labels, metricName);
    out.ensure(16);
    out.tag(0x2a);
    const start = out.open(2);
    writeReferences(out, 0x0a, labels, symbols);
    for (let row = from; row < to; row++) {
      writeRow(out, batch, { row, startMs: startMs(row) });
    }
    for (let row = from; row < to; row++) {
      for (const exemplar of batch.exemplars.get(row) ?? []) {
        writeExemplar(out, exemplar, { symbols, timeMs: batch.timesMs[row] ?? 0 });
      }
    }
    writeMetadata(out, own.get(family) ?? metadataOf(family), symbols);
    out.close(start, 2);
  });
  return symbols.inFrontOf(out.finish());
}

/** The table of strings of one request: element 0 is empty, the others in order of first use. */
class Symbols {
  private readonly places = new Map<string, number>([["", 0]]);

  place(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) {
      return known;
    }
    this.places.set(text, this.places.size);
    return this.places.size - 1;
  }

  inFrontOf(series: Uint8Array): Uint8Array {
    const out = new WireWriter(INITIAL_BYTES, MAX_BYTES);
    for (const symbol of this.places.keys()) {
      const bytes = Buffer.from(symbol);
      out.ensure(bytes.length + 8);
      out.tag(0x22);
      out.length(bytes.length);
      out.bytes.set(bytes, out.at);
      out.at += bytes.length;
    }
    out.ensure(series.length);
    out.bytes.set(series, out.at);
    out.at += series.length;
    return out.finish();
  }
}

function writeReferences(out: WireWriter, tag: number, labels: Labels, symbols: Symbols): void {
  if (labels.length === 0) {
    return;
  }
  out.ensure(8 + labels.length * 5);
  out.tag(tag);
  const start = out.open(1);
  for (const text of labels) {
    out.length(symbols.place(text));
  }
  out.close(start, 1);
}

function writeRow(out: WireWriter, batch: SampleBatch, { row, startMs }: { row: number; startMs: number }): void {
  out.ensure(48);
  const histogram = batch.kinds[row] === sampleKind.histogram ? batch.histograms.get(row) : undefined;
  out.tag(histogram ? 0x1a : 0x12);
  if (histogram) {
    const inner = out.open(2);
    writeHistogram(out, histogram, batch.timesMs[row] ?? 0);
    out.ensure(16);
    writeTime(out, 136, startMs);
    out.close(inner, 2);
    return;
  }
  const inner = out.open(1);
  out.ensure(sizeOfSample(batch, row) + 16);
  writeSample(out, batch, row);
  writeTime(out, 0x18, startMs);
  out.close(inner, 1);
}

function writeExemplar(out: WireWriter, exemplar: Exemplar, given: { symbols: Symbols; timeMs: number }): void {
  out.ensure(48);
  out.tag(0x22);
  const inner = out.open(1);
  writeReferences(out, 0x0a, exemplar.labels, given.symbols);
  out.ensure(24);
  if (exemplar.value !== 0) {
    out.tag(0x11);
    out.double(exemplar.value);
  }
  writeTime(out, 0x18, exemplar.timeMs ?? given.timeMs);
  out.close(inner, 1);
}

/** Written where nothing is known too: a series of Go's encoder always has it. */
function writeMetadata(out: WireWriter, metadata: MetricMetadata | undefined, symbols: Symbols): void {
  out.ensure(32);
  out.tag(0x2a);
  const start = out.open(1);
  if (metadata) {
    const fields = [metricTypes.indexOf(metadata.type), symbols.place(metadata.help), symbols.place(metadata.unit)];
    for (const [index, value] of fields.entries()) {
      if (value > 0) {
        out.tag([0x08, 0x18, 0x20][index] ?? 0);
        out.length(value);
      }
    }
  }
  out.close(start, 1);
}
