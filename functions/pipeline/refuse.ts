import { alloyComponents } from "../../daemon/controller/alloy-components.ts";

const ordered = new Set([
  "otelcol.exporter.prometheus",
  "otelcol.exporter.loki",
  "prometheus.remote_write",
  "loki.write",
]);

/** Why a component of Alloy's does not run in a function; undefined for a name that Alloy does not have either. */
export function refuseInFunction(name: string): string | undefined {
  if (!alloyComponents.has(name)) return undefined;
  const what = `component ${JSON.stringify(name)}`;
  if (ordered.has(name)) {
    return `${what} does not run in a function: it needs its data in order, and the queue between the functions keeps none; send OTLP with otelcol.exporter.otlphttp, or run it in the daemon`;
  }
  return `${what} does not run in a function: it needs a process that stays; run it in the daemon`;
}
