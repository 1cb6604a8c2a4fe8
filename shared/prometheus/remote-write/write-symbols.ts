import { WireWriter } from "../../wire/wire-writer.ts";
import { metricTypes } from "../metric-type.ts";
import type { MetricMetadata } from "../sample.ts";

const initialBytes = 16_384;
const maxBytes = 1 << 30;

/**
 * The table of strings of one request of remote write 2.0: element 0 is empty, the others in order of first use. Texts have one
 * character for each of their bytes in UTF-8 (`latin1`), so that bytes are looked up without being decoded.
 */
export class Symbols {
  private readonly places = new Map<string, number>([["", 0]]);

  place(latin1: string): number {
    const known = this.places.get(latin1);
    if (known !== undefined) return known;
    this.places.set(latin1, this.places.size);
    return this.places.size - 1;
  }

  /** A request: the table, then its series. */
  inFrontOf(series: Uint8Array): Uint8Array {
    const out = new WireWriter(initialBytes + series.length, maxBytes);
    for (const symbol of this.places.keys()) {
      out.ensure(symbol.length + 8);
      out.tag(0x22);
      out.length(symbol.length);
      out.at += Buffer.from(out.bytes.buffer).write(symbol, out.at, "latin1");
    }
    out.ensure(series.length);
    out.bytes.set(series, out.at);
    out.at += series.length;
    return out.finish();
  }
}

/** Text as `Symbols` has it. */
export function symbolOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

/** Places of names and values in the table, as `labels_refs`. */
export function writePlaces(out: WireWriter, places: readonly number[]): void {
  if (places.length === 0) return;
  out.ensure(8 + places.length * 5);
  out.tag(0x0a);
  const start = out.open(1);
  for (const place of places) out.length(place);
  out.close(start, 1);
}

/** Written where nothing is known too: a series of Go's encoder always has it. */
export function writeMetadata(out: WireWriter, metadata: MetricMetadata | undefined, symbols: Symbols): void {
  out.ensure(32);
  out.tag(0x2a);
  const start = out.open(1);
  if (metadata) {
    const { type, help, unit } = metadata;
    const fields = [metricTypes.indexOf(type), symbols.place(symbolOf(help)), symbols.place(symbolOf(unit))];
    for (const [index, value] of fields.entries()) {
      if (value <= 0) continue;
      out.tag([0x08, 0x18, 0x20][index] ?? 0);
      out.length(value);
    }
  }
  out.close(start, 1);
}
