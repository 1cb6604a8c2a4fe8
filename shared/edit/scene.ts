import type { SignalName } from "../signal.ts";
import { bytesField } from "./encode-field.ts";
import { MessageView } from "./message-view.ts";

/** Where a rule can stand: once for each message of this kind. */
export type Level = "resource" | "scope" | "metric" | "item" | "event";

/** Fields of Metric that hold its points: the members of its oneof. */
export const metricData = { gauge: 5, sum: 7, histogram: 9, exponentialHistogram: 10, summary: 11 } as const;

/** A metric that a rule adds to its scope. */
export interface AddedMetric {
  readonly bytes: Uint8Array;
  /** The rules that made it, so that none copies its own copies forever. */
  readonly origins: readonly object[];
}

/**
 * What a rule sees: the message it stands at and those around it. The views are loaded again for each message; nothing
 * of them may be kept.
 */
export class Scene {
  readonly signal: SignalName;
  /** ResourceSpans, ResourceMetrics or ResourceLogs, and ScopeSpans … in it. */
  readonly resourceGroup = new MessageView();
  readonly scopeGroup = new MessageView();
  readonly metric = new MessageView();
  /** Gauge, Sum … of the metric, and which field of it that is; 0 for a metric without data. */
  readonly data = new MessageView();
  dataField = 0;
  /** Span, log record or data point. */
  readonly item = new MessageView();
  readonly event = new MessageView();
  /** What the metric was made of, when it is not of the request; and what rules added. */
  origins: readonly object[] = [];
  addedMetrics: AddedMetric[] = [];
  /** Whether a rule put another metric in the place of the one in the request. */
  isMetricReplaced = false;

  constructor(signal: SignalName) {
    this.signal = signal;
  }

  get resource(): MessageView {
    return this.resourceGroup.child(1);
  }

  get scope(): MessageView {
    return this.scopeGroup.child(1);
  }

  /** Views a metric and its data. */
  loadMetric(bytes: Uint8Array, from: number, to: number): void {
    this.metric.load(bytes, from, to);
    this.dataField = 0;
    this.data.loadAbsent();
    const { metric } = this;
    for (let at = metric.count - 1; at >= 0; at--) {
      const number = metric.numbers[at] as number;
      if (number !== 5 && number !== 7 && (number < 9 || number > 11)) continue;
      if (metric.wireTypes[at] !== 2) continue;
      this.dataField = number;
      this.data.load(bytes, metric.froms[at] as number, metric.ends[at] as number);
      return;
    }
  }

  /** Puts another metric in the place of the one that is viewed. */
  replaceMetric(bytes: Uint8Array): void {
    this.loadMetric(bytes, 0, bytes.length);
    this.isMetricReplaced = true;
  }

  /** The metric with all changes, those of its data included. */
  metricBytes(): Uint8Array {
    const { metric, data, dataField } = this;
    if (dataField !== 0 && data.hasChanges) metric.put(dataField, bytesField(dataField, data.toBytes()));
    return metric.toBytes();
  }
}
