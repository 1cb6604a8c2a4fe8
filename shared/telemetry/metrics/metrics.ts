import type { Metric } from "./metric-row.ts";
import { type MetricName, metricTable } from "./metric-table.ts";

/** The labels of a metric, each with its value. */
export type Labels<Name extends MetricName = MetricName> = Readonly<
  Record<(typeof metricTable)[Name]["labels"][number], string>
>;

/** The counters, gauges and histograms of one process. Nothing here throws or grows without limit. */
export interface Metrics {
  /** Adds to a counter. */
  add<Name extends MetricName>(name: Name, labels: Labels<Name>, by?: number): void;
  /** Sets a gauge, or a counter that is kept elsewhere (processor time). */
  set<Name extends MetricName>(name: Name, labels: Labels<Name>, value: number): void;
  /** Puts a value into a histogram. */
  observe<Name extends MetricName>(name: Name, labels: Labels<Name>, value: number): void;
  /** Adds, sets or observes, as the metric's kind says: for `eventTable`, whose rows the compiler has checked. */
  record(name: MetricName, labels: Readonly<Record<string, string>>, value: number): void;
  /** Forgets one value, of what is there no more. */
  remove<Name extends MetricName>(name: Name, labels: Labels<Name>): void;
  /** Forgets all values of a metric whose labels are what it says. */
  clear(name: MetricName): void;
  snapshot(): Snapshot;
}

/** All metrics that have a value, in the order of the table. A copy: it does not change any more. */
export type Snapshot = readonly Series[];

export interface Series extends Metric {
  readonly name: MetricName;
  readonly points: readonly Point[];
}

export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a counter or gauge; of a histogram, the sum of what was observed. */
  readonly value: number;
  /** Of a histogram: how many values fell into each bucket, +Inf last (not cumulative). */
  readonly counts?: readonly number[];
}

type MutablePoint = { readonly labels: Readonly<Record<string, string>>; value: number; readonly counts?: number[] };

const maxLabelLength = 64;

/** A registry over `metricTable`. Beyond `maxPoints` label combinations of one metric, further ones count as `other`. */
export function createMetrics({ maxPoints = 100 }: { readonly maxPoints?: number } = {}): Metrics {
  const registry = new Map<MetricName, Map<string, MutablePoint>>();
  /** The point of each metric that was asked for last: most often it is asked for again. */
  const recent = new Map<MetricName, { readonly values: readonly string[]; readonly point: MutablePoint }>();

  function point(name: MetricName, labels: Readonly<Record<string, string>>): MutablePoint {
    const metric: Metric = metricTable[name];
    const last = recent.get(name);
    if (last && metric.labels.every((label, at) => labels[label] === last.values[at])) return last.point;
    const values = boundedValues(metric, labels);
    const found = pointOf(name, metric, values);
    recent.set(name, { values, point: found });
    return found;
  }

  function pointOf(name: MetricName, metric: Metric, bounded: readonly string[]): MutablePoint {
    const points = registry.get(name) ?? new Map<string, MutablePoint>();
    registry.set(name, points);
    const key = JSON.stringify(bounded);
    const known = points.get(key);
    if (known) return known;
    const hasRoom = points.size < (metric.bounds?.maxPoints ?? maxPoints);
    const values = hasRoom ? bounded : bounded.map(() => "other");
    const valuesKey = hasRoom ? key : JSON.stringify(values);
    const overflow = points.get(valuesKey);
    if (overflow) return overflow;
    const fresh: MutablePoint = {
      labels: Object.fromEntries(metric.labels.map((label, index) => [label, values[index] ?? ""])),
      value: 0,
      ...(metric.buckets ? { counts: new Array<number>(metric.buckets.length + 1).fill(0) } : {}),
    };
    points.set(valuesKey, fresh);
    return fresh;
  }

  function add(name: MetricName, labels: Readonly<Record<string, string>>, by = 1): void {
    if (by >= 0 && Number.isFinite(by)) point(name, labels).value += by;
  }

  function set(name: MetricName, labels: Readonly<Record<string, string>>, value: number): void {
    if (Number.isFinite(value)) point(name, labels).value = value;
  }

  function observe(name: MetricName, labels: Readonly<Record<string, string>>, value: number): void {
    const { buckets = [] }: Metric = metricTable[name];
    const into = point(name, labels);
    if (!into.counts || !Number.isFinite(value)) return;
    const index = buckets.findIndex((bound) => value <= bound);
    const bucket = index < 0 ? buckets.length : index;
    into.counts[bucket] = (into.counts[bucket] ?? 0) + 1;
    into.value += value;
  }

  const byKind = { counter: add, gauge: set, histogram: observe };

  return {
    add,
    set,
    observe,
    record: (name, labels, value) => byKind[metricTable[name].kind](name, labels, value),
    remove(name, labels) {
      recent.delete(name);
      registry.get(name)?.delete(JSON.stringify(boundedValues(metricTable[name], labels)));
    },
    clear(name) {
      recent.delete(name);
      registry.delete(name);
    },
    snapshot() {
      return (Object.keys(metricTable) as MetricName[]).flatMap((name) => {
        const points = registry.get(name);
        if (!points) return [];
        const copies = [...points.values()].map((each) =>
          each.counts ? { ...each, counts: [...each.counts] } : { ...each },
        );
        return [{ name, ...metricTable[name], points: copies }];
      });
    },
  };
}

function boundedValues({ labels: names, bounds }: Metric, labels: Readonly<Record<string, string>>): readonly string[] {
  const length = bounds?.maxLabelLength ?? maxLabelLength;
  return names.map((label) => String(labels[label] ?? "").slice(0, length));
}
