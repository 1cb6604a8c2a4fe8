import { type Labels, labelsKey } from "./labels.ts";
import { type Series, seriesOf } from "./series.ts";

/** One `Series` for equal labels, so that what was derived from it is found again. */
export interface SeriesCache {
  of(labels: Labels): Series;
}

/** Two generations: what was not asked for in a whole one is forgotten. `maxSeries` of one generation. */
export function createSeriesCache(maxSeries: number): SeriesCache {
  let young = new Map<string, Series>();
  let old = new Map<string, Series>();
  return {
    of(labels) {
      const key = labelsKey(labels);
      const known = young.get(key);
      if (known) {
        return known;
      }
      if (young.size >= maxSeries) {
        old = young;
        young = new Map();
      }
      const series = old.get(key) ?? seriesOf(labels);
      young.set(key, series);
      return series;
    },
  };
}
