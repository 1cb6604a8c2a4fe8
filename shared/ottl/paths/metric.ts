import { varintField } from "../../edit/encode-field.ts";
import { metricData } from "../../edit/scene.ts";
import { Failure } from "../failure.ts";
import { kindOf, OpaqueValue } from "../value.ts";
import { attributes, expectInt, type FieldTable, text, type ViewOf } from "./field.ts";

const metric: ViewOf = ({ scene }) => scene.metric;
const { gauge, sum, histogram, exponentialHistogram, summary } = metricData;

/** METRIC_DATA_TYPE_… by the field of Metric that holds the data. */
const dataTypes: Readonly<Record<number, bigint>> = {
  [gauge]: 1n,
  [sum]: 2n,
  [histogram]: 3n,
  [exponentialHistogram]: 4n,
  [summary]: 5n,
};

const dataPoints = "pmetric.DataPointSlice";

/** `metric.…` */
export const metricFields: FieldTable = {
  name: text(metric, 1),
  description: text(metric, 2),
  unit: text(metric, 3),
  metadata: attributes(metric, 12),
  type: {
    get: ({ scene }) => dataTypes[scene.dataField] ?? 0n,
    // Alloy ignores it too.
    set: () => undefined,
  },
  aggregation_temporality: {
    get: ({ scene }) => (hasTemporality(scene.dataField) ? scene.data.varint(2) : null),
    set: ({ scene }, value) => {
      const temporality = expectInt(value);
      if (hasTemporality(scene.dataField)) scene.data.put(2, varintField(2, temporality));
    },
  },
  is_monotonic: {
    get: ({ scene }) => (scene.dataField === sum ? scene.data.varint(3) !== 0n : null),
    set: ({ scene }, value) => {
      if (typeof value !== "boolean") throw new Failure(`expects bool but got ${kindOf(value)}`);
      if (scene.dataField === sum) scene.data.put(3, varintField(3, value ? 1n : 0n));
    },
  },
  data_points: {
    get: ({ scene }) => (scene.dataField === 0 ? null : new OpaqueValue(dataPoints)),
    set: ({ scene }, value) => {
      if (scene.dataField === 0 || (value instanceof OpaqueValue && value.name === dataPoints)) return;
      throw new Failure(`data points cannot be set to ${kindOf(value)}`);
    },
  },
};

function hasTemporality(dataField: number): boolean {
  return dataField === sum || dataField === histogram || dataField === exponentialHistogram;
}
