import type { EventRow } from "./event-row.ts";
import type { GraphEventFields } from "./graph-events.ts";

/** How the events of a graph read. */
export const graphEventTable: { readonly [Name in keyof GraphEventFields]: EventRow<GraphEventFields[Name]> } = {
  "graph.evaluating": { level: "info", message: "starting complete graph evaluation", measures: [] },
  "node.evaluated": {
    level: "info",
    message: "finished node evaluation",
    measures: [
      { metric: "alloy_component_evaluation_seconds", labels: () => ({}), by: ({ durationMs }) => durationMs / 1_000 },
    ],
  },
  "graph.evaluated": { level: "info", message: "finished complete graph evaluation", measures: [] },
  "graph.scheduled": { level: "info", message: "scheduling loaded components and services", measures: [] },
  "graph.warned": { level: "warn", message: "The configuration has something to look at", measures: [] },
  "function.deprecated": {
    level: "warn",
    message: "this stdlib function is deprecated; please refer to the documentation for updated usage and alternatives",
    measures: [],
  },
  "node.failed": { level: "error", message: "failed to evaluate config", measures: [] },
  "component.exited": { level: "error", message: "failed to start scheduled component", measures: [] },
  "component.late": { level: "error", message: "A component did not stop in time and is left behind", measures: [] },
  "config.reloaded": { level: "info", message: "config reloaded", measures: [] },
  "cluster.changed": { level: "info", message: "The members of the cluster have changed", measures: [] },
  "cluster.unusual": { level: "warn", message: "Members of the cluster do not fit together", measures: [] },
  "pipeline.listening": { level: "info", message: "now listening for http traffic", measures: [] },
  "pipeline.running": { level: "info", message: "Sluice is running", measures: [] },
  "config.failed": {
    level: "error",
    message: "failed to reload config",
    measures: [{ metric: "alloy_config_load_failures_total", labels: () => ({}) }],
  },
};
