import type { Level } from "../edit/scene.ts";
import type { SignalName } from "../signal.ts";
import { dataPointFields } from "./paths/data-point.ts";
import type { FieldTable } from "./paths/field.ts";
import { logFields } from "./paths/log.ts";
import { metricFields } from "./paths/metric.ts";
import { resourceFields, scopeFields } from "./paths/resource.ts";
import { spanEventFields, spanFields } from "./paths/span.ts";

/** The contexts of OTTL that Sluice has. */
export type ContextName = "resource" | "scope" | "span" | "spanevent" | "metric" | "datapoint" | "log";

/** What statements can run on: once for each message of a level, with the paths, enums and functions that are known there. */
export interface Context {
  readonly name: ContextName;
  readonly level: Level;
  /** The fields by the name that paths begin with: its own, and those of the messages around it. */
  readonly paths: Readonly<Record<string, FieldTable>>;
  readonly enums: Readonly<Record<string, bigint>>;
}

const spanEnums = {
  ...numbered("SPAN_KIND_", ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]),
  ...numbered("STATUS_CODE_", ["UNSET", "OK", "ERROR"]),
};
const metricEnums = {
  ...numbered("METRIC_DATA_TYPE_", ["NONE", "GAUGE", "SUM", "HISTOGRAM", "EXPONENTIAL_HISTOGRAM", "SUMMARY"]),
  ...numbered("AGGREGATION_TEMPORALITY_", ["UNSPECIFIED", "DELTA", "CUMULATIVE"]),
  FLAG_NONE: 0n,
  FLAG_NO_RECORDED_VALUE: 1n,
};
const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const logEnums = numbered("SEVERITY_NUMBER_", [
  "UNSPECIFIED",
  ...levels.flatMap((level) => [level, `${level}2`, `${level}3`, `${level}4`]),
]);

const around = { resource: resourceFields, scope: scopeFields, instrumentation_scope: scopeFields };

/** The contexts, a row each. */
export const contexts: Readonly<Record<ContextName, Context>> = {
  resource: { name: "resource", level: "resource", paths: { resource: resourceFields }, enums: {} },
  scope: {
    name: "scope",
    level: "scope",
    paths: { resource: resourceFields, scope: scopeFields },
    enums: {},
  },
  span: { name: "span", level: "item", paths: { span: spanFields, ...around }, enums: spanEnums },
  spanevent: {
    name: "spanevent",
    level: "event",
    paths: { spanevent: spanEventFields, span: spanFields, ...around },
    enums: spanEnums,
  },
  metric: { name: "metric", level: "metric", paths: { metric: metricFields, ...around }, enums: metricEnums },
  datapoint: {
    name: "datapoint",
    level: "item",
    paths: { datapoint: dataPointFields, metric: metricFields, ...around },
    enums: metricEnums,
  },
  log: { name: "log", level: "item", paths: { log: logFields, ...around }, enums: logEnums },
};

/** The contexts of a signal, the most detailed last. */
export const contextsOf: Readonly<Record<SignalName, readonly ContextName[]>> = {
  traces: ["resource", "scope", "span", "spanevent"],
  metrics: ["resource", "scope", "metric", "datapoint"],
  logs: ["resource", "scope", "log"],
};

function numbered(prefix: string, names: readonly string[]): Record<string, bigint> {
  return Object.fromEntries(names.map((name, index) => [`${prefix}${name}`, BigInt(index)]));
}
