import type { Labels } from "./labels.ts";

const MAX_MEMOS = 8;

/**
 * A series, made once where its samples come from and handed on by reference: whoever derives something from its labels
 * (relabelled, encoded) keeps it here and finds it again without looking at a label.
 */
export interface Series {
  readonly labels: Labels;
  /** Kept by `memoized`; nobody else looks. */
  readonly memos: SeriesMemos;
}

interface SeriesMemos {
  owner: object | undefined;
  value: unknown;
  others: { readonly owner: object; readonly value: unknown }[] | undefined;
}

/** A new series with these labels. */
export function seriesOf(labels: Labels): Series {
  return { labels, memos: { owner: undefined, value: undefined, others: undefined } };
}

/** Where one owner (a component as it is configured now) keeps what it derives from a series. */
export interface SeriesMemo<T> {
  get(series: Series): T;
}

/**
 * What `derive` makes of a series, made once per series and owner. Call it anew when the configuration changes: what
 * the old owner derived is forgotten when others take its place, or with the series.
 */
export function createSeriesMemo<T>(derive: (series: Series) => T): SeriesMemo<T> {
  const owner = {};
  return {
    get(series) {
      const { memos } = series;
      if (memos.owner === owner) {
        return memos.value as T;
      }
      const known = memos.others?.find((memo) => memo.owner === owner);
      if (known) {
        return known.value as T;
      }
      const value = derive(series);
      if (memos.owner === undefined) {
        memos.owner = owner;
        memos.value = value;
        return value;
      }
      memos.others ??= [];
      memos.others.push({ owner, value });
      if (memos.others.length >= MAX_MEMOS) {
        memos.owner = undefined;
        memos.value = undefined;
        memos.others = [{ owner, value }];
      }
      return value;
    },
  };
}
