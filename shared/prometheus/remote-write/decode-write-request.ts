import { FieldCursor } from "../../wire/field-cursor.ts";
import { varintSize, varintValue } from "../../wire/varint.ts";
import { metricTypes } from "../metric-type.ts";
import {
  addHistogram,
  addSample,
  addStaleMarker,
  createSampleBatch,
  type Exemplar,
  type MetricMetadata,
  type SampleBatch,
} from "../sample.ts";
import type { Series } from "../series.ts";
import { decodeHistogram, readDouble, readInt64, readIsStale } from "./decode-histogram.ts";

/** Makes a series out of labels as they came: name, value, name, value …, in any order. Undefined: dropped. */
export type MakeSeries = (labels: readonly string[]) => Series | undefined;

/** A request as samples, or why it is not one. `dropped` are samples of series that were not made. */
export type DecodedWrite =
  | { readonly kind: "decoded"; readonly batch: SampleBatch; readonly dropped: number }
  | { readonly kind: "invalid"; readonly reason: string };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Invalid extends Error {}

/** Decodes a `prometheus.WriteRequest` (remote write 1.0). Never throws. */
export function decodeWriteRequest(bytes: Uint8Array, makeSeries: MakeSeries): DecodedWrite {
  const decoder = new Decoder(bytes, makeSeries, []);
  return decoder.run(() => decoder.request(1, 3));
}

/** Decodes an `io.prometheus.write.v2.Request` (remote write 2.0). Never throws. */
export function decodeWriteRequestV2(bytes: Uint8Array, makeSeries: MakeSeries): DecodedWrite {
  const symbols: string[] = [];
  const decoder = new Decoder(bytes, makeSeries, symbols);
  return decoder.run(() => {
    const cursor = new FieldCursor(bytes, 0, bytes.length);
    while (cursor.next()) {
      if (cursor.number === 4 && cursor.wireType === 2) {
        symbols.push(text(cursor));
      }
    }
    decoder.request(5, -1);
  });
}

class Decoder {
  private readonly batch = createSampleBatch();
  private readonly bytes: Uint8Array;
  private readonly makeSeries: MakeSeries;
  private readonly symbols: readonly string[];
  private dropped = 0;

  constructor(bytes: Uint8Array, makeSeries: MakeSeries, symbols: readonly string[]) {
    this.bytes = bytes;
    this.makeSeries = makeSeries;
    this.symbols = symbols;
  }

  run(decode: () => void): DecodedWrite {
    try {
      decode();
      return { kind: "decoded", batch: this.batch, dropped: this.dropped };
    } catch (error) {
      if (error instanceof Invalid || error instanceof TypeError) {
        return { kind: "invalid", reason: error.message };
      }
      throw error;
    }
  }

  request(seriesField: number, metadataField: number): void {
    const cursor = new FieldCursor(this.bytes, 0, this.bytes.length);
    while (cursor.next()) {
      if (cursor.number === seriesField && cursor.wireType === 2) {
        this.series(cursor, seriesField === 5);
      } else if (cursor.number === metadataField && cursor.wireType === 2) {
        this.batch.metadata.push(metadata(inner(cursor)));
      }
    }
    whole(cursor);
  }

  private series(outer: FieldCursor, isV2: boolean): void {
    const labels: string[] = [];
    const pending: (() => void)[] = [];
    const exemplars: Exemplar[] = [];
    let series: Series | undefined;
    let first = -1;
    const cursor = inner(outer);
    const [histogramField, exemplarField] = isV2 ? [3, 4] : [4, 3];
    const put = (row: number): void => {
      first = first < 0 ? row : first;
    };
    while (cursor.next()) {
      if (cursor.number === 1) {
        labels.push(...(isV2 ? this.referenced(cursor) : label(inner(cursor))));
      } else if (cursor.number === 2) {
        const { isStale, value, timeMs } = sample(inner(cursor));
        pending.push(() => {
          if (series) {
            put(
              isStale ? addStaleMarker(this.batch, series, timeMs) : addSample(this.batch, series, { timeMs, value }),
            );
          }
        });
      } else if (cursor.number === histogramField) {
        const { histogram, timeMs } = decodeHistogram(inner(cursor));
        pending.push(() => {
          if (series) {
            put(addHistogram(this.batch, series, { timeMs, histogram }));
          }
        });
      } else if (cursor.number === exemplarField) {
        exemplars.push(this.exemplar(inner(cursor), isV2));
      }
    }
    whole(cursor);
    series = this.makeSeries(labels);
    if (!series) {
      this.dropped += pending.length;
      return;
    }
    for (const add of pending) {
      add();
    }
    if (exemplars.length > 0 && first >= 0) {
      this.batch.exemplars.set(first, exemplars);
    }
  }

  private exemplar(cursor: FieldCursor, isV2: boolean): Exemplar {
    const labels: string[] = [];
    let value = 0;
    let timeMs = 0;
    while (cursor.next()) {
      if (cursor.number === 1) {
        labels.push(...(isV2 ? this.referenced(cursor) : label(inner(cursor))));
      } else if (cursor.number === 2) {
        value = readDouble(cursor);
      } else if (cursor.number === 3) {
        timeMs = readInt64(cursor);
      }
    }
    whole(cursor);
    return { labels, value, timeMs };
  }

  /** Labels by their places in the table of symbols, packed or not. */
  private referenced(cursor: FieldCursor): string[] {
    const references: number[] = [];
    if (cursor.wireType === 0) {
      throw new Invalid("invalid labelRefs: not packed");
    }
    for (let at = cursor.valueStart; at < cursor.valueEnd; ) {
      const size = varintSize(cursor.bytes, at, cursor.valueEnd);
      if (size === 0) {
        throw new Invalid("unexpected EOF");
      }
      references.push(varintValue(cursor.bytes, at, size));
      at += size;
    }
    if (references.length % 2 !== 0) {
      throw new Invalid(`invalid labelRefs length ${references.length}`);
    }
    return references.map((reference, index) => {
      const symbol = this.symbols[reference];
      if (symbol === undefined) {
        const which = index % 2 === 0 ? "name" : "value";
        throw new Invalid(
          `labelRefs ${index} (${which}) = ${reference} outside of symbols table (size ${this.symbols.length})`,
        );
      }
      return symbol;
    });
  }
}

function sample(cursor: FieldCursor): { readonly isStale: boolean; readonly value: number; readonly timeMs: number } {
  let value = 0;
  let timeMs = 0;
  let isStale = false;
  while (cursor.next()) {
    if (cursor.number === 1) {
      isStale = readIsStale(cursor);
      value = readDouble(cursor);
    } else if (cursor.number === 2) {
      timeMs = readInt64(cursor);
    }
  }
  whole(cursor);
  return { isStale, value, timeMs };
}

function label(cursor: FieldCursor): [string, string] {
  let name = "";
  let value = "";
  while (cursor.next()) {
    if (cursor.number === 1) {
      name = text(cursor);
    } else if (cursor.number === 2) {
      value = text(cursor);
    }
  }
  whole(cursor);
  return [name, value];
}

function metadata(cursor: FieldCursor): MetricMetadata {
  const found = { type: "unknown", family: "", help: "", unit: "" } as {
    -readonly [K in keyof MetricMetadata]: MetricMetadata[K];
  };
  while (cursor.next()) {
    if (cursor.number === 1) {
      found.type = metricTypes[readInt64(cursor)] ?? "unknown";
    } else if (cursor.number === 2) {
      found.family = text(cursor);
    } else if (cursor.number === 4) {
      found.help = text(cursor);
    } else if (cursor.number === 5) {
      found.unit = text(cursor);
    }
  }
  whole(cursor);
  return found;
}

function inner(cursor: FieldCursor): FieldCursor {
  if (cursor.wireType !== 2) {
    throw new Invalid(`field ${cursor.number} has wire type ${cursor.wireType}`);
  }
  return new FieldCursor(cursor.bytes, cursor.valueStart, cursor.valueEnd);
}

function whole(cursor: FieldCursor): void {
  if (cursor.valueEnd !== cursor.end) {
    throw new Invalid("unexpected EOF");
  }
}

function text(cursor: FieldCursor): string {
  if (cursor.wireType !== 2) {
    throw new Invalid(`field ${cursor.number} has wire type ${cursor.wireType}`);
  }
  return utf8.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
}
