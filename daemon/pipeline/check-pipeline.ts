import { reportDiagnostics } from "../../shared/alloy/report.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { noControls } from "../config-blocks/config-blocks.ts";
import { alone } from "../controller/cluster.ts";
import { createController } from "../controller/controller.ts";
import { createLiveDebugging } from "../controller/live-debugging.ts";
import { pipelineHost } from "./pipeline-host.ts";
import { createPipelineTelemetry } from "./pipeline-telemetry.ts";
import { createServices } from "./services.ts";

export interface CheckOptions {
  flag(name: string): string;
  readonly version: string;
  readonly color: boolean;
}

/**
 * Plans and evaluates a configuration as a load would, without running it: components, arguments, references and expressions.
 * Alloy's own `validate` looks at names and literal types only.
 */
export async function checkPipeline(
  sources: readonly Source[],
  { flag, version, color }: CheckOptions,
): Promise<{ readonly valid: boolean; readonly report: string }> {
  const telemetry = createPipelineTelemetry(() => {});
  const storage = { maxStorageBytes: 0, maxStorageAgeMs: 0 };
  const services = createServices({
    cluster: alone,
    storagePath: flag("storage.path"),
    emit: telemetry.emit,
    inFlightBytes: 0,
    ...storage,
  });
  const debugging = createLiveDebugging();
  const controller = createController(
    pipelineHost({ flag, version, telemetry, controls: noControls, debugging, services }),
  );
  const outcome = await controller.check(sources);
  await services.close();
  const told = outcome.kind === "invalid" ? outcome.diagnostics : outcome.warnings;
  const report = reportDiagnostics(told, { sources: new Map(sources.map((source) => [source.name, source])), color });
  return { valid: outcome.kind === "loaded", report };
}
