import type { Entry, LabelSet } from "../../../shared/loki/entry.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { relabelled } from "../../../shared/loki/line-entry.ts";
import { labelPairs, labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import type { RelabelRule } from "../../../shared/prometheus/relabel/relabel-rule.ts";

/** Gives entries other labels. */
export interface RelabelEntries {
  /** Those that lose all of them are left out. */
  entries(entries: readonly Entry[]): readonly Entry[];
  /** What becomes of labels; undefined where nothing is left of them. */
  labels(labels: LabelSet): LabelSet | undefined;
}

/** What the kept results were good for. */
export interface RelabelCache {
  hits: number;
  misses: number;
  size: number;
}

/** Puts rules to work on entries; the result for a set of labels is kept, for at most `maxCached` of them. */
export function createRelabelEntries(
  rules: readonly RelabelRule[],
  maxCached: number,
  told: RelabelCache = { hits: 0, misses: 0, size: 0 },
): RelabelEntries {
  const relabel = createRelabel(rules, "targets");
  if (rules.length === 0) return { entries: (entries) => entries, labels: (labels) => labels };
  const cache = new Map<LabelSet, LabelSet | undefined>();

  function resultFor(labels: LabelSet): LabelSet | undefined {
    if (cache.has(labels)) {
      told.hits += 1;
      return cache.get(labels);
    }
    told.misses += 1;
    const made = relabel(labelsOf(labels.map(({ name, value }) => [name, value])));
    const result = made === undefined || made.length === 0 ? undefined : labelSet(labelPairs(made));
    if (cache.size >= maxCached) cache.clear();
    cache.set(labels, result);
    told.size = cache.size;
    return result;
  }

  return {
    labels: resultFor,
    entries: (entries) =>
      entries.flatMap((entry) => {
        const labels = resultFor(entry.labels);
        return labels === undefined ? [] : [relabelled(entry, labels)];
      }),
  };
}
