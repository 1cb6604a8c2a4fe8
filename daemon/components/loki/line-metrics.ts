import type { LabelSet } from "../../../shared/loki/entry.ts";
import { isLabelName } from "../../../shared/loki/labels.ts";
import type { LineMetric, LineMetricDefinition } from "../../../shared/loki/stages/line-metric.ts";
import type { MetricSeries } from "../../../shared/telemetry/prometheus.ts";
import type { ServiceKey } from "../../controller/component.ts";
import { createLineSeries, type LineSeries } from "./line-series.ts";

/** The metrics that `stage.metrics` makes of lines, of all components of a process. */
export interface LineMetrics {
  /** The metrics of one component, by its id. */
  open(componentId: string): ComponentLineMetrics;
  /** All of them, for the metrics page; forgets those that have rested too long. */
  series(): readonly MetricSeries[];
}

export interface ComponentLineMetrics {
  /** The same metric for the same name. Throws an `Error` when the name is used for a metric of another kind. */
  metric(definition: LineMetricDefinition): LineMetric;
  /** Takes the metrics off the page. */
  close(): void;
}

/** Where loki.process keeps what its lines count. */
export const lineMetricsService: ServiceKey<LineMetrics> = { name: "line-metrics" };

/** A registry without metrics. */
export function createLineMetrics(now: () => number): LineMetrics {
  const groups = new Set<ReadonlyMap<string, LineSeries>>();

  return {
    open(componentId) {
      const own = new Map<string, LineSeries>();
      const labels = ownLabels(componentId);
      groups.add(own);
      return {
        metric(definition) {
          const known = own.get(definition.name);
          if (known !== undefined && known.kind !== definition.kind) {
            throw new Error(`the metric ${definition.name} is a ${known.kind} and cannot be a ${definition.kind} too`);
          }
          const series =
            known ?? createLineSeries(definition, { now, labelsOf: (set) => ({ ...shown(set), ...labels }) });
          own.set(definition.name, series);
          return series;
        },
        close: () => void groups.delete(own),
      };
    },
    series() {
      const families = new Map<string, MetricSeries>();
      for (const own of groups) {
        for (const [name, series] of own) {
          const { points, ...metric } = series.collect();
          const before = families.get(name);
          if (before !== undefined && before.kind !== metric.kind) continue;
          families.set(name, { ...(before ?? metric), points: [...(before?.points ?? []), ...points] });
        }
      }
      return [...families.values()].filter(({ points }) => points.length > 0);
    },
  };
}

/** Labels of a line as a metric may have them. */
function shown(labels: LabelSet): Readonly<Record<string, string>> {
  const valid = labels.filter(({ name }) => isLabelName(name) && !name.startsWith("__"));
  return Object.fromEntries(valid.map(({ name, value }) => [name, value]));
}

function ownLabels(id: string): Readonly<Record<string, string>> {
  const slash = id.lastIndexOf("/");
  return { component_id: id.slice(slash + 1), component_path: `/${id.slice(0, Math.max(slash, 0))}` };
}
