import type { Random } from "../../shared/clock.ts";
import { OtlpWriter } from "../../shared/prometheus/otlp/otlp-writer.ts";

/** Delimited families of `io.prometheus.client`, most of which storage takes; times are near `baseMs`. */
export function protobufBody(random: Random, baseMs: number): Buffer {
  const families = Array.from({ length: 1 + below(random, 3) }, () => writeFamily(random, baseMs));
  const body = Buffer.concat(families);
  return random() < 0.03 ? body.subarray(0, below(random, body.length)) : body;
}

function writeFamily(random: Random, baseMs: number): Buffer {
  const out = new OtlpWriter();
  const type = below(random, 6);
  out.text(1, `p${type}_${below(random, 2)}${type === 0 && random() < 0.7 ? "_total" : ""}`);
  if (random() < 0.5) out.text(2, "help");
  out.varint(3, type);
  const metrics = 1 + below(random, 2);
  // All of a family are of a kind: Prometheus reads them all as it reads the first.
  const isFloat = random() < 0.25;
  const isNative = random() < 0.7;
  for (let metric = 0; metric < metrics; metric++) {
    out.message(4, () => {
      if (random() < 0.8) writeLabel(out, 1, ["a", `${metric}`]);
      if (random() < 0.2) writeLabel(out, 1, ["job", "own"]);
      writeValue(out, type, { random, baseMs, isFloat, isNative });
      if (random() < 0.15) out.varint(6, baseMs - 5_000 + below(random, 3) * 1_000);
    });
  }
  if (random() < 0.2) out.text(5, "seconds");
  return delimited(out.finish());
}

interface Given {
  readonly random: Random;
  readonly baseMs: number;
  readonly isFloat: boolean;
  readonly isNative: boolean;
}

function writeValue(out: OtlpWriter, type: number, given: Given): void {
  const { random } = given;
  // The number of the field that has the value, by type.
  const field = [3, 2, 4, 5, 7, 7][type] ?? 3;
  out.message(field, () => {
    if (field === 7) {
      writeHistogram(out, given);
    } else if (field === 4) {
      out.varint(1, below(random, 9));
      out.double(2, random() * 10);
      for (const quantile of [0.5, 0.99]) {
        out.message(3, () => {
          out.double(1, quantile);
          out.double(2, random() * 10);
        });
      }
    } else {
      out.double(1, random() < 0.1 ? Number.NaN : below(random, 100) / 4);
      if (field === 3 && random() < 0.4) writeExemplar(out, 2, given);
      if (field === 3 && random() < 0.3) out.message(3, () => out.varint(1, 1_700_000_000));
    }
  });
}

function writeHistogram(out: OtlpWriter, given: Given): void {
  const { random, isFloat, isNative } = given;
  const counts = Array.from({ length: 1 + below(random, 4) }, () => below(random, 5));
  const negative = random() < 0.3 ? [1, 2] : [];
  const zero = below(random, 3);
  const total = [...counts, ...negative].reduce((sum, count) => sum + count, zero) + (random() < 0.03 ? 1 : 0);
  if (isFloat) out.double(4, total);
  else out.varint(1, total);
  out.double(2, random() < 0.05 ? Number.NaN : below(random, 400) / 8);
  if (!isNative || random() < 0.4) {
    let sum = 0;
    for (const [index, count] of counts.entries()) {
      sum += count;
      const so = sum;
      out.message(3, () => {
        if (isFloat) out.double(4, so);
        else out.varint(1, so);
        out.double(2, index === 3 ? Number.POSITIVE_INFINITY : (index + 1) / 2);
        if (random() < 0.3) writeExemplar(out, 3, given);
      });
    }
  }
  if (!isNative) return;
  out.sint(5, below(random, 13) - 4);
  out.double(6, random() < 0.8 ? 0.001 : 0);
  if (isFloat) out.double(8, zero);
  else out.varint(7, zero);
  writeBuckets(out, { counts: negative, isFloat, spans: 9, random });
  writeBuckets(out, { counts, isFloat, spans: 12, random });
  for (let exemplars = below(random, 3); exemplars > 0; exemplars--) writeExemplar(out, 16, given);
}

interface Buckets {
  readonly counts: readonly number[];
  readonly isFloat: boolean;
  /** Number of the field of spans; deltas and counts come behind it. */
  readonly spans: number;
  readonly random: Random;
}

function writeBuckets(out: OtlpWriter, { counts, isFloat, spans, random }: Buckets): void {
  if (counts.length === 0) return;
  const first = counts.length > 1 ? 1 + below(random, counts.length - 1) : counts.length;
  for (const [offset, length] of [
    [below(random, 5) - 2, first],
    [below(random, 4), counts.length - first],
  ]) {
    if (length === 0) continue;
    out.message(spans, () => {
      out.sint(1, offset ?? 0);
      out.varint(2, length ?? 0);
    });
  }
  let before = 0;
  for (const count of counts) {
    if (isFloat) out.double(spans + 2, count);
    else out.sint(spans + 1, count - before);
    before = count;
  }
}

function writeExemplar(out: OtlpWriter, field: number, { random, baseMs }: Pick<Given, "random" | "baseMs">): void {
  out.message(field, () => {
    writeLabel(out, 1, ["trace_id", `t${below(random, 4)}`]);
    out.double(2, below(random, 9));
    if (random() < 0.6) {
      out.message(3, () => {
        out.varint(1, Math.floor(baseMs / 1_000) - below(random, 5));
        out.varint(2, 5_000_000);
      });
    }
  });
}

function writeLabel(out: OtlpWriter, field: number, [name, value]: readonly [string, string]): void {
  out.message(field, () => {
    out.text(1, name);
    out.text(2, value);
  });
}

function delimited(bytes: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** A whole number from 0, below `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}
