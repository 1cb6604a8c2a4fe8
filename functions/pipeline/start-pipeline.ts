import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { keptPipeline } from "./kept-pipeline.ts";
import { createFunctionPipeline, type FunctionPipeline, type FunctionPipelineOptions } from "./pipeline.ts";
import { type VariableOptions, variableOf } from "./variable-of.ts";

export type StartPipelineOptions = Pick<FunctionPipelineOptions, "emit" | "metrics" | "enqueueFor"> &
  VariableOptions & {
    readonly store: Pick<ConfigStore, "current" | "variables">;
    /** The folder that a file's name is relative to: where the function's code is. */
    readonly folder: string;
  };

/** The pipeline of a running function. */
export interface RunningPipeline extends Pick<FunctionPipeline, "accept" | "destinations"> {
  /** Takes over another text, or other variables, when the settings have changed. A bad text changes nothing and is told. */
  follow(): Promise<void>;
}

/** Starts the pipeline that the settings name. Rejects with the diagnostics when it cannot be loaded. */
export async function startPipeline(options: StartPipelineOptions): Promise<RunningPipeline> {
  const { store, folder, emit, metrics, enqueueFor } = options;
  const pipeline = createFunctionPipeline({
    emit,
    metrics,
    enqueueFor,
    clock,
    random: Math.random,
    variable: variableOf(options),
  });
  let loaded = { config: store.current(), variables: store.variables() };
  const problem = await pipeline.load(await textOf(loaded.config));
  if (problem !== undefined) throw new Error(`The pipeline cannot be used:\n${problem}`);

  return {
    accept: pipeline.accept,
    destinations: pipeline.destinations,
    async follow() {
      const next = { config: store.current(), variables: store.variables() };
      if (next.config === loaded.config && next.variables === loaded.variables) return;
      loaded = next;
      const problem = await textOf(next.config).then(pipeline.load, String);
      if (problem === undefined) emit("config.reloaded", {});
      else emit("config.kept", keptPipeline(problem));
    },
  };

  async function textOf({ pipeline: text, pipelineFile: file }: ReturnType<ConfigStore["current"]>): Promise<string> {
    // A file beside the code, at a start: `node:fs/promises` would take longer to load than this to read.
    return text ?? readFileSync(resolve(folder, file ?? ""), "utf8");
  }
}
