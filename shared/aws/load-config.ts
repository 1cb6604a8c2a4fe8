import type { Clock } from "../clock.ts";
import { createConfigStore, type OpenedConfig } from "../config/config-store.ts";
import { fromEnvironment, type ResolveOptions, resolve } from "../config/resolve.ts";
import type { Emit } from "../telemetry/events.ts";

export interface LoadConfigOptions extends ResolveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Loads the settings of a process: the environment, and Parameter Store where `SLUICE_PARAMETER_STORE` or a stage asks
 * for it. The SSM client is imported only then, because importing it costs more than 100 ms of a cold start.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<OpenedConfig> {
  const { env, ...rest } = options;
  const environment = () => fromEnvironment(env);
  const alone = resolve(environment());
  if (alone.kind === "invalid") return { kind: "invalid", problems: alone.problems.map(({ message }) => message) };
  const { config } = alone;
  const wanted = config.parameterStore ?? environment().stage !== undefined;
  if (!wanted) return createConfigStore({ ...rest, environment });
  const { createSsmParameters } = await import("./ssm-parameters.ts");
  return createConfigStore({ ...rest, environment, parameters: createSsmParameters({ stage: config.stage }) });
}
