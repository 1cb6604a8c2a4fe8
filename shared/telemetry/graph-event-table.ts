import type { EventRow } from "./event-row.ts";
import type { GraphEventFields } from "./graph-events.ts";

/** How the events of a graph read. */
export const graphEventTable: { readonly [Name in keyof GraphEventFields]: EventRow<GraphEventFields[Name]> } = {
  "graph.evaluating": { level: "info", says: "starting complete graph evaluation", measures: [] },
  "node.evaluated": {
    level: "info",
    says: "finished node evaluation",
    measures: [
      { metric: "alloy_component_evaluation_seconds", labels: () => ({}), by: ({ durationMs }) => durationMs / 1_000 },
    ],
  },
  "graph.evaluated": { level: "info", says: "finished complete graph evaluation", measures: [] },
  "graph.scheduled": { level: "info", says: "scheduling loaded components and services", measures: [] },
  "graph.warned": { level: "warn", says: "The configuration has something to look at", measures: [] },
  "function.deprecated": {
    level: "warn",
    says: "this stdlib function is deprecated; please refer to the documentation for updated usage and alternatives",
    measures: [],
  },
  "node.failed": { level: "error", says: "failed to evaluate config", measures: [] },
  "component.exited": { level: "error", says: "failed to start scheduled component", measures: [] },
  "component.late": { level: "error", says: "A component did not stop in time and is left behind", measures: [] },
  "config.reloaded": { level: "info", says: "config reloaded", measures: [] },
  "cluster.changed": { level: "info", says: "The members of the cluster have changed", measures: [] },
  "cluster.unusual": { level: "warn", says: "Members of the cluster do not fit together", measures: [] },
  "pipeline.listening": { level: "info", says: "now listening for http traffic", measures: [] },
  "pipeline.running": { level: "info", says: "Sluice is running", measures: [] },
  "config.failed": {
    level: "error",
    says: "failed to reload config",
    measures: [{ metric: "alloy_config_load_failures_total", labels: () => ({}) }],
  },
};
