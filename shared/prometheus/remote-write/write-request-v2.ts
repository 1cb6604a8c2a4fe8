import { WireWriter } from "../../wire/wire-writer.ts";
import { type Labels, labelValue, metricName } from "../labels.ts";
import { type Exemplar, type MetricMetadata, type SampleBatch, sampleKind } from "../sample.ts";
import { forEachSeries } from "./write-request-writer.ts";
import { sizeOfSample, writeHistogram, writeSample, writeTime } from "./write-sample.ts";
import { Symbols, symbolOf, writeMetadata, writePlaces } from "./write-symbols.ts";

const initialBytes = 16_384;
const maxBytes = 1 << 30;

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
  const out = new WireWriter(initialBytes, maxBytes);
  forEachSeries(batch, (from, to) => {
    const labels = batch.series[from]?.labels ?? [];
    const family = labelValue(labels, metricName);
    out.ensure(16);
    out.tag(0x2a);
    const start = out.open(2);
    writePlaces(out, placesOf(labels, symbols));
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
  writePlaces(out, placesOf(exemplar.labels, given.symbols));
  out.ensure(24);
  if (exemplar.value !== 0) {
    out.tag(0x11);
    out.double(exemplar.value);
  }
  writeTime(out, 0x18, exemplar.timeMs ?? given.timeMs);
  out.close(inner, 1);
}

function placesOf(labels: Labels, symbols: Symbols): number[] {
  return labels.map((text) => symbols.place(symbolOf(text)));
}
