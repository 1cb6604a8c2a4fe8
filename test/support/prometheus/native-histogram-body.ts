import { OtlpWriter } from "../../../shared/prometheus/otlp/otlp-writer.ts";

/** What is not as in the others. */
export interface HistogramShape {
  readonly isGauge?: boolean;
  readonly withClassic?: boolean;
  readonly count?: number;
  /** Of the second span. */
  readonly offset?: number;
  readonly deltas?: readonly number[];
}

/** A delimited family with one native histogram, its classic buckets beside it where asked for (io.prometheus.client, metrics.proto). */
export function nativeHistogram(name: string, schema: number, how: HistogramShape = {}): Uint8Array {
  const { withClassic = false, count = 12, offset: second = 3, deltas = [1, 1, -1, 1, -1], isGauge = false } = how;
  const out = new OtlpWriter();
  out.text(1, name);
  out.varint(3, isGauge ? 5 : 4);
  out.message(4, () => {
    out.message(1, () => {
      out.text(1, "a");
      out.text(2, "x");
    });
    out.message(7, () => {
      out.varint(1, count);
      out.double(2, 40.5);
      for (const [count, bound] of withClassic
        ? [
            [3, 1],
            [9, 4],
          ]
        : []) {
        out.message(3, () => {
          out.varint(1, count ?? 0);
          out.double(2, bound ?? 0);
        });
      }
      out.sint(5, schema);
      out.double(6, 0.001);
      out.varint(7, 2);
      out.message(9, () => {
        out.sint(1, 0);
        out.varint(2, 2);
      });
      for (const delta of [1, 1]) out.sint(10, delta);
      for (const [offset, length] of [
        [-2, 2],
        [second, 3],
      ]) {
        out.message(12, () => {
          out.sint(1, offset ?? 0);
          out.varint(2, length ?? 0);
        });
      }
      for (const delta of deltas) out.sint(13, delta);
    });
  });
  const bytes = out.finish();
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}
