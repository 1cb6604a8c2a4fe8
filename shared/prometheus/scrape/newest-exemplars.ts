import { labelsKey } from "../labels.ts";
import type { Exemplar } from "../sample.ts";
import type { Series } from "../series.ts";

/** The newest exemplar of each series that has any: targets show the same one until they have another. */
export interface NewestExemplars {
  /** Whether an exemplar is newer than those before it, by time and then by value, as Prometheus' storage takes them. `timeMs` is its sample's. */
  take(series: Series, exemplar: Exemplar, timeMs: number): boolean;
}

/** None seen yet; those of series that are gone are forgotten. */
export function createNewestExemplars(): NewestExemplars {
  const newest = new WeakMap<Series, Required<Exemplar>>();
  return {
    take(series, exemplar, sampleMs) {
      const timeMs = exemplar.timeMs ?? sampleMs;
      const { labels, value } = exemplar;
      const last = newest.get(series);
      if (last && isOld({ labels, value, timeMs }, last)) {
        return false;
      }
      newest.set(series, { labels, value, timeMs });
      return true;
    },
  };
}

function isOld({ labels, value, timeMs = 0 }: Exemplar, last: Exemplar): boolean {
  if (timeMs !== last.timeMs) {
    return timeMs < (last.timeMs ?? 0);
  }
  return value < last.value || (Object.is(value, last.value) && labelsKey(labels) === labelsKey(last.labels));
}
