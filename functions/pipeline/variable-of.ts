import type { StartPipelineOptions } from "./start-pipeline.ts";

/** What `sys.env` finds in a function: parameters of the stage before variables of the environment. */
export function variableOf({ store, env, unset }: Pick<StartPipelineOptions, "store" | "env" | "unset">) {
  return (name: string): string | undefined => store.variables()[name] ?? env[name] ?? unset;
}
