import type { Clock } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { createConfigStore, type OpenedConfig } from "./config-store.ts";
import { destinationTextsOf } from "./destination-settings.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { fromEnvironment, type ResolveOptions, resolve, unknownVariablesOf } from "./resolve.ts";
import { senderTextsOf } from "./sender-settings.ts";

export interface OpenConfigOptions extends ResolveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
  /** Parameter Store; asked for only where the settings are to be found there. */
  readonly openParameters: (options: { readonly stage: string }) => ParameterSource | Promise<ParameterSource>;
}

/** The settings of a process: the environment, and Parameter Store where `SLUICE_PARAMETER_STORE` or a stage asks for it. */
export async function openConfig(options: OpenConfigOptions): Promise<OpenedConfig> {
  const { env, openParameters, ...rest } = options;
  const environment = () => fromEnvironment(env);
  const environmentDestinations = (names: readonly string[]) => destinationTextsOf(names, env);
  const environmentSenders = (names: readonly string[]) => senderTextsOf(names, env);
  const unknownVariables = unknownVariablesOf(env);
  const alone = resolve(environment());
  if (alone.kind === "invalid") return { kind: "invalid", problems: alone.problems.map(({ message }) => message) };
  const { stage, parameterStore = environment().stage !== undefined } = alone.config;
  const parameters = parameterStore ? { parameters: await openParameters({ stage }) } : {};
  return createConfigStore({
    ...rest,
    environment,
    environmentDestinations,
    environmentSenders,
    unknownVariables,
    ...parameters,
  });
}
