/** What happens to a graph of components: words that operators of Alloy search their logs for. */
export interface GraphEventFields {
  "graph.evaluating": { files: number };
  "node.evaluated": { node_id: string; durationMs: number };
  "graph.evaluated": { durationMs: number };
  "graph.scheduled": { components: number };
  "graph.warned": { place: string; message: string };
  "function.deprecated": { function: string };
  "node.failed": { node_id: string; err: string };
  "component.exited": { component_id: string; err: string };
  "component.late": { component_id: string; afterMs: number };
  "config.reloaded": Record<never, never>;
  "config.failed": { err: string };
  "cluster.changed": { members: readonly string[] };
  "cluster.unusual": { message: string };
  "pipeline.listening": { addr: string };
  "pipeline.running": Record<never, never>;
}
