import type { Target } from "../../../../shared/alloy/composite-types.ts";
import type { ComponentContext } from "../../../controller/component.ts";

const encoder = new TextEncoder();
const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** What an exporter exports: one target at the memory address, which is scraped without leaving the process. */
export interface ExporterExports {
  readonly targets: readonly Target[];
}

/**
 * Answers `…/metrics` of the component with what `metrics` gives, and gives the exports that lead there; `kind` is the
 * `job` without `integrations/`.
 */
export function serveExporter(
  context: ComponentContext<ExporterExports>,
  kind: string,
  metrics: () => Promise<string>,
): ExporterExports {
  context.http.handle(async ({ path }) => {
    if (path !== "/metrics") return { status: 404, headers: {}, body: encoder.encode("not found\n") };
    return { status: 200, headers: { "content-type": contentType }, body: encoder.encode(await metrics()) };
  });
  const target = new Map([
    ["__address__", context.http.memoryAddress],
    ["__scheme__", "http"],
    ["__metrics_path__", `${context.http.path}metrics`],
    ["instance", context.hostname],
    ["job", `integrations/${kind}`],
    ["__meta_component_name", `prometheus.exporter.${kind}`],
    ["__meta_component_id", context.id],
  ]);
  return { targets: [target] };
}
