import { encodeLabels } from "../encode-labels.ts";
import { LineJoiner } from "../exposition/join-line.ts";
import type { RawSeries } from "../exposition/raw-series.ts";
import { SeriesRefused } from "../exposition/series-text.ts";
import { commitLabels, type EncodedLabels, hashLabels } from "../label-block.ts";
import {
  compareNames,
  formatLabels,
  isLabelName,
  isMetricName,
  type Labels,
  labelPairs,
  labelsOf,
  labelValue,
  metricName,
} from "../labels.ts";
import type { SampleRules, ScrapeLimits } from "./scrape-config.ts";
import { TargetSeries, TargetSeriesTable } from "./target-series-table.ts";

/** The series of one target by their labels: however a line is written, it is the same series. */
export interface TargetSeriesRegistry {
  /** The series of a line. Throws `SeriesRefused` where the whole scrape must fail. */
  of(raw: RawSeries): { readonly series: TargetSeries; readonly isNew: boolean };
  forget(series: TargetSeries): void;
  values(): Iterable<TargetSeries>;
}

/** Labels of the target and rules turn what a line says into the labels of a series. */
export function createTargetSeriesRegistry(target: Labels, rules: SampleRules): TargetSeriesRegistry {
  const known = new TargetSeriesTable();
  const dropped = new TargetSeries();
  const { labels, labelNameBytes, labelValueBytes } = rules.limits;
  const takesLines = !rules.relabel && labels + labelNameBytes + labelValueBytes === 0;
  const joiner = takesLines ? new LineJoiner(target) : undefined;

  function labelsFor(raw: RawSeries): EncodedLabels | undefined {
    const joined = joinPlain(raw, target) ?? joinLabels(raw, target, rules.honorLabels);
    const relabelled = rules.relabel ? rules.relabel(joined) : joined;
    if (!relabelled || relabelled.length === 0) {
      return undefined;
    }
    refuseInvalid(relabelled, rules);
    return encodeLabels(relabelled);
  }

  return {
    of(raw) {
      const encoded = (raw.line && joiner?.join(raw.line)) ?? labelsFor(raw);
      if (!encoded) {
        return { series: dropped, isNew: false };
      }
      const hash = hashLabels(encoded);
      const same = known.find(encoded, hash);
      if (same) {
        return { series: same, isNew: false };
      }
      commitLabels(encoded);
      const series = new TargetSeries(encoded, hash);
      known.add(series);
      return { series, isNew: true };
    },
    forget(gone) {
      if (!gone.isDropped) {
        known.delete(gone);
      }
    },
    values: () => known.values(),
  };
}

/**
 * The labels of a sample and of its target; which wins where both have one is `honor_labels`. As Prometheus' builder of labels does: a label
 * without a value takes all of its name away, and with `honor_labels` the target's too (so the Pushgateway leaves out `instance`).
 */
function joinLabels(raw: RawSeries, target: Labels, honorLabels: boolean): Labels {
  const own = [[metricName, raw.name] as const, ...raw.labels];
  const emptied = new Set(own.filter(([, value]) => value === "").map(([label]) => label));
  const first = new Map(own.toReversed());
  const set = new Map<string, string>();
  const clashing: [string, string][] = [];
  for (const [label, value] of labelPairs(target)) {
    const given = first.get(label);
    if (!honorLabels || given === undefined) {
      set.set(label, value);
    }
    if (!honorLabels && given !== undefined && given !== "") {
      clashing.push([label, given]);
    }
  }
  const isTaken = (label: string): boolean => set.has(label) || (!emptied.has(label) && first.has(label));
  for (const [label, value] of clashing.sort(([a], [b]) => a.length - b.length || compareNames(a, b))) {
    let renamed = `exported_${label}`;
    while (isTaken(renamed)) {
      renamed = `exported_${renamed}`;
    }
    set.set(renamed, value);
  }
  const kept = own.filter(([label]) => !emptied.has(label));
  refuseRepeatedNames(kept);
  return labelsOf([...kept, ...set]);
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

function refuseRepeatedNames(labels: readonly (readonly [string, string])[]): void {
  for (const [index, [name]] of labels.entries()) {
    if (labels.some(([other], at) => at > index && other === name)) {
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
