import { decodeLabels, encodeLabels } from "./encode-labels.ts";
import type { EncodedLabels, LabelBlock } from "./label-block.ts";
import type { Labels } from "./labels.ts";

const maxMemos = 8;

/**
 * A series, made once where its samples come from and handed on by reference: whoever derives something from its labels
 * (relabelled, encoded) keeps it here and finds it again without looking at a label. What a scrape makes has only the bytes of its labels.
 */
export class Series {
  /** Kept by `createSeriesMemo`; nobody else looks. */
  memoOwner: object | undefined = undefined;
  memoValue: unknown = undefined;
  memoOthers: { readonly owner: object; readonly value: unknown }[] | undefined = undefined;
  private readonly source: Labels | LabelBlock;
  private readonly start: number;
  private readonly end: number;

  constructor(source: Labels | EncodedLabels) {
    const isEncoded = "block" in source;
    this.source = isEncoded ? source.block : source;
    this.start = isEncoded ? source.start : 0;
    this.end = isEncoded ? source.end : 0;
  }

  /** Read from the bytes each time where the series has only these: keep what you make of it. */
  get labels(): Labels {
    const { source, start, end } = this;
    return "bytes" in source ? decodeLabels({ block: source, start, end }) : source;
  }

  /** The bytes, where they are at hand: their names and texts are valid. */
  get encoded(): EncodedLabels | undefined {
    const { source, start, end } = this;
    return "bytes" in source ? { block: source, start, end } : undefined;
  }
}

/** A new series with these labels. */
export function seriesOf(labels: Labels): Series {
  return new Series(labels);
}

/** The bytes of the labels of a series. */
export function encodedLabelsOf(series: Series): EncodedLabels {
  return series.encoded ?? encodeLabels(series.labels);
}

/** Where one owner (a component as it is configured now) keeps what it derives from a series. */
export interface SeriesMemo<T> {
  get(series: Series): T;
}

/**
 * What `derive` makes of a series, made once per series and owner. Call it again when the configuration changes: what
 * the old owner derived is forgotten when others take its place, or with the series.
 */
export function createSeriesMemo<T>(derive: (series: Series) => T): SeriesMemo<T> {
  const owner = {};
  return {
    get(series) {
      if (series.memoOwner === owner) {
        return series.memoValue as T;
      }
      const known = series.memoOthers?.find((memo) => memo.owner === owner);
      if (known) {
        return known.value as T;
      }
      const value = derive(series);
      if (series.memoOwner === undefined) {
        series.memoOwner = owner;
        series.memoValue = value;
        return value;
      }
      series.memoOthers ??= [];
      series.memoOthers.push({ owner, value });
      if (series.memoOthers.length >= maxMemos) {
        series.memoOwner = undefined;
        series.memoValue = undefined;
        series.memoOthers = [{ owner, value }];
      }
      return value;
    },
  };
}
