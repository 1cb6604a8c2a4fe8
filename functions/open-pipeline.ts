import type { RunningPipeline, StartPipelineOptions } from "./pipeline/start-pipeline.ts";

/**
 * The pipeline that the settings name, undefined where they name none: then nothing of the language and its components is
 * loaded. Rejects with the diagnostics when it cannot be used.
 */
export async function openPipeline(options: StartPipelineOptions): Promise<RunningPipeline | undefined> {
  const { pipeline, pipelineFile } = options.store.current();
  if (pipeline === undefined && pipelineFile === undefined) return undefined;
  return (await import("./pipeline/start-pipeline.ts")).startPipeline(options);
}
