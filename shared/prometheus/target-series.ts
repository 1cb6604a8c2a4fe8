import type { ClassicPart } from "./classic-histograms.ts";
import {
  compareNames,
  formatLabels,
  isLabelName,
  isMetricName,
  type Labels,
  labelsOf,
  labelValue,
  metricName,
} from "./labels.ts";
import type { RawSeries } from "./raw-series.ts";
import type { SampleRules, ScrapeLimits } from "./scrape-config.ts";
import { type Series, seriesOf } from "./series.ts";
import { SeriesRefused } from "./series-text.ts";

/** A series of one target, through its scrapes. */
export interface TargetSeries {
  /** Undefined: dropped by a rule. */
  readonly series: Series | undefined;
  /** The scrape in which it was last seen. */
  seen: number;
  /** Whether a sample of it has been sent since its last stale marker, and since which scrape. */
  live: boolean;
  liveSince: number;
  /** Time of its last sample. */
  lastMs: number;
  hasOwnTime: boolean;
  /** Where its line is part of a classic histogram that is converted. */
  classic: ClassicPart<TargetSeries> | undefined;
}

/** The series of one target by their labels: however a line is written, it is the same series. */
export interface TargetSeriesRegistry {
  /** The series of a line. Throws `SeriesRefused` where the whole scrape must fail. */
  of(raw: RawSeries): { readonly series: TargetSeries; readonly isNew: boolean };
  forget(series: TargetSeries): void;
  values(): Iterable<TargetSeries>;
}

/** Labels of the target and rules turn what a line says into the labels of a series. */
export function createTargetSeriesRegistry(target: Labels, rules: SampleRules): TargetSeriesRegistry {
  const known = new Map<number, TargetSeries[]>();
  const dropped = newTargetSeries(undefined);

  return {
    of(raw) {
      const labels = rules.relabel(joinPlain(raw, target) ?? joinLabels(raw, target, rules.honorLabels));
      if (!labels || labels.length === 0) {
        return { series: dropped, isNew: false };
      }
      refuseInvalid(labels, rules);
      const hash = hashOf(labels);
      const sameHash = known.get(hash);
      const same = sameHash?.find(({ series }) => series && isSame(series.labels, labels));
      if (same) {
        return { series: same, isNew: false };
      }
      const series = newTargetSeries(seriesOf(labels));
      if (sameHash) {
        sameHash.push(series);
      } else {
        known.set(hash, [series]);
      }
      return { series, isNew: true };
    },
    forget(gone) {
      if (gone.series) {
        const hash = hashOf(gone.series.labels);
        const rest = known.get(hash)?.filter((other) => other !== gone) ?? [];
        if (rest.length > 0) {
          known.set(hash, rest);
        } else {
          known.delete(hash);
        }
      }
    },
    *values() {
      for (const sameHash of known.values()) {
        yield* sameHash;
      }
    },
  };
}

/** The labels of a sample and of its target; which wins where both have one is `honor_labels`. */
function joinLabels(raw: RawSeries, target: Labels, honorLabels: boolean): Labels {
  refuseRepeatedNames(raw);
  const { name, labels } = raw;
  const joined = new Map<string, string>([[metricName, name]]);
  for (const [label, value] of labels) {
    joined.set(label, value);
  }
  const clashing: [string, string][] = [];
  for (let i = 0; i + 1 < target.length; i += 2) {
    const label = target[i] ?? "";
    const own = joined.get(label) ?? "";
    if (own === "") {
      joined.set(label, target[i + 1] ?? "");
    } else if (!honorLabels) {
      clashing.push([label, own]);
      joined.set(label, target[i + 1] ?? "");
    }
  }
  const isTaken = (label: string): boolean => (joined.get(label) ?? "") !== "";
  for (const [label, value] of clashing.sort(([a], [b]) => a.length - b.length || compareNames(a, b))) {
    let renamed = `exported_${label}`;
    while (isTaken(renamed)) {
      renamed = `exported_${renamed}`;
    }
    joined.set(renamed, value);
  }
  return labelsOf(joined);
}

/** Where no name is in both and no text is empty, which is nearly always: in order at once, without a map (bench/exposition.ts). */
function joinPlain({ name, labels }: RawSeries, target: Labels): Labels | undefined {
  if (name === "") {
    return undefined;
  }
  const joined: string[] = [metricName, name];
  for (const [label, value] of labels) {
    if (!insert(joined, label, value)) {
      return undefined;
    }
  }
  for (let i = 0; i + 1 < target.length; i += 2) {
    if (!insert(joined, target[i] ?? "", target[i + 1] ?? "")) {
      return undefined;
    }
  }
  // The copy has no room to grow.
  return joined.slice();
}

function insert(joined: string[], label: string, value: string): boolean {
  if (value === "") {
    return false;
  }
  let at = joined.length;
  for (; at > 0; at -= 2) {
    const order = compareNames(joined[at - 2] ?? "", label);
    if (order === 0) {
      return false;
    }
    if (order < 0) {
      break;
    }
  }
  joined.push("", "");
  joined.copyWithin(at + 2, at, joined.length - 2);
  joined[at] = label;
  joined[at + 1] = value;
  return true;
}

/** A series of a target that was not seen before; without a series its samples are dropped. */
export function newTargetSeries(series: Series | undefined): TargetSeries {
  return {
    series,
    seen: 0,
    live: false,
    liveSince: 0,
    lastMs: Number.NEGATIVE_INFINITY,
    hasOwnTime: false,
    classic: undefined,
  };
}

function refuseRepeatedNames({ labels }: RawSeries): void {
  for (const [index, [name]] of labels.entries()) {
    if (name === metricName || labels.some(([other], at) => at > index && other === name)) {
      throw new SeriesRefused(`label name ${JSON.stringify(name)} is not unique: invalid sample`);
    }
  }
}

function refuseInvalid(labels: Labels, { nameScheme, limits }: SampleRules): void {
  const name = labelValue(labels, metricName);
  if (name === "") {
    throw new SeriesRefused("missing metric name (__name__ label)");
  }
  let isValid = isMetricName(name, nameScheme);
  for (let i = 0; i < labels.length; i += 2) {
    isValid &&= isLabelName(labels[i] ?? "", nameScheme);
  }
  if (!isValid) {
    throw new SeriesRefused(`invalid metric name or label names: ${formatLabels(labels)}`);
  }
  refuseBeyondLimits(labels, name, limits);
}

function refuseBeyondLimits(labels: Labels, name: string, limits: ScrapeLimits): void {
  const count = labels.length / 2;
  if (limits.labels > 0 && count > limits.labels) {
    throw new SeriesRefused(
      `label_limit exceeded (metric: ${name}, number of labels: ${count}, limit: ${limits.labels})`,
    );
  }
  if (limits.labelNameBytes === 0 && limits.labelValueBytes === 0) {
    return;
  }
  for (let i = 0; i + 1 < labels.length; i += 2) {
    const label = labels[i] ?? "";
    const value = labels[i + 1] ?? "";
    const nameBytes = Buffer.byteLength(label);
    const valueBytes = Buffer.byteLength(value);
    if (limits.labelNameBytes > 0 && nameBytes > limits.labelNameBytes) {
      throw new SeriesRefused(
        `label_name_length_limit exceeded (metric: ${name}, label name: ${label}, length: ${nameBytes}, limit: ${limits.labelNameBytes})`,
      );
    }
    if (limits.labelValueBytes > 0 && valueBytes > limits.labelValueBytes) {
      throw new SeriesRefused(
        `label_value_length_limit exceeded (metric: ${name}, label name: ${label}, value: ${JSON.stringify(value)}, length: ${valueBytes}, limit: ${limits.labelValueBytes})`,
      );
    }
  }
}

function isSame(a: Labels, b: Labels): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** 53 bits of two hashes over the characters. */
function hashOf(labels: Labels): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const text of labels) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      low = Math.imul(low ^ unit, 0x01000193);
      high = Math.imul(high ^ unit, 0x5bd1e995);
      high ^= high >>> 13;
    }
    low = Math.imul(low ^ 0xff, 0x01000193);
    high = Math.imul(high ^ 0xff, 0x5bd1e995);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
