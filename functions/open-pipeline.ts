import type { RunningPipeline, StartPipelineOptions } from "./pipeline/start-pipeline.ts";

const load = () => import("./pipeline/start-pipeline.ts");

/**
 * Begins to load what a pipeline needs where the environment says that there is one: while the settings are on their way
 * nothing else is to do. What is wrong with it is told by `openPipeline`.
 */
export function preloadPipeline(env: Readonly<Record<string, string | undefined>>): void {
  if (env.SLUICE_PIPELINE_FILE || env.SLUICE_PIPELINE) load().catch(() => {});
}

/**
 * The pipeline that the settings name, undefined where they name none: then nothing of the language and its components is
 * loaded. Rejects with the diagnostics when it cannot be used.
 */
export async function openPipeline(options: StartPipelineOptions): Promise<RunningPipeline | undefined> {
  const { pipeline, pipelineFile } = options.store.current();
  if (pipeline === undefined && pipelineFile === undefined) return undefined;
  return (await load()).startPipeline(options);
}
