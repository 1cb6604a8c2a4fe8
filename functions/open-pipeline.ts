import { loadPackaged } from "./packaged.ts";
import { packagedFile } from "./packaged-file.ts";
import type { RunningPipeline, StartPipelineOptions } from "./pipeline/start-pipeline.ts";

const loadReading = () => import("./pipeline/start-pipeline.ts");

/**
 * Begins to load what a pipeline needs where the environment says that there is one: while the settings are on their way
 * nothing else is to do. `openPipeline` reports what is wrong with it.
 */
export function preloadPipeline(env: Readonly<Record<string, string | undefined>>): void {
  if (env.SLUICE_PIPELINE) loadReading().catch(() => {});
  else if (env.SLUICE_PIPELINE_FILE) (packagedAs(env.SLUICE_PIPELINE_FILE) ?? loadReading)().catch(() => {});
}

/**
 * The pipeline that the settings name, undefined where they name none: then nothing of the language and its components is
 * loaded. One that was packaged with the function is started as it was read then. Rejects with the diagnostics when it cannot be used.
 */
export async function openPipeline(options: StartPipelineOptions): Promise<RunningPipeline | undefined> {
  const { pipeline, pipelineFile } = options.store.current();
  if (pipeline === undefined && pipelineFile === undefined) return undefined;
  const readsIt = async () => (await loadReading()).startPipeline;
  const load = pipeline === undefined ? packagedAs(pipelineFile) : undefined;
  if (!load) return (await readsIt())(options);
  const { nodes, startPackaged } = await load();
  return startPackaged(nodes, options, readsIt);
}

function packagedAs(file: string | undefined): typeof loadPackaged {
  return file === packagedFile ? loadPackaged : undefined;
}
