import type { ConfigStore } from "../../shared/config/config-store.ts";

export interface VariableOptions {
  readonly store: Pick<ConfigStore, "variables">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is found for a variable that is set nowhere; absent: nothing. */
  readonly unset?: string;
}

/** What `sys.env` finds in a function: parameters of the stage before variables of the environment. */
export function variableOf({ store, env, unset }: VariableOptions): (name: string) => string | undefined {
  return (name) => store.variables()[name] ?? env[name] ?? unset;
}
