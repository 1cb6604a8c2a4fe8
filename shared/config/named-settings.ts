import { destinationSetting, namedDestinations, resolveDestination } from "./destination-settings.ts";
import type { ParametersRead } from "./parameter-source.ts";
import type { Config } from "./resolve.ts";
import { senderSetting } from "./sender-settings.ts";
import { resolveSenders } from "./senders.ts";
import type { Setting } from "./setting.ts";

const pattern = /^(?<kind>senders|destinations)\/(?<name>[a-z][a-z0-9-]{0,62})\/(?<key>[a-z0-9-]+)$/;

/** The setting of a sender or a destination by its parameter: `senders/web/tokens`; undefined where there is none. */
export function namedSetting(parameter: string): Setting | undefined {
  const { kind, name = "", key = "" } = pattern.exec(parameter)?.groups ?? {};
  const found = kind === "senders" ? senderSetting(name, key) : kind && destinationSetting(name, key);
  return found ? { ...found, ssm: parameter } : undefined;
}

type Read = Extract<ParametersRead, { kind: "read" }>;

/** The text of such a parameter, where it is set. */
export function namedText(parameter: string, { senders = {}, destinations = {} }: Partial<Read>): string | undefined {
  const [kind, ...rest] = parameter.split("/");
  return (kind === "senders" ? senders : destinations)[rest.join("/")];
}

/** Everything that is wrong with the senders and destinations that the settings name. */
export function namedProblems(
  config: Config,
  { senders, destinations }: Required<Pick<Read, "senders" | "destinations">>,
): readonly string[] {
  const ofDestinations = namedDestinations(config.destinations).flatMap(
    ({ name }) => resolveDestination(name, destinations).problems,
  );
  return [...ofDestinations, ...resolveSenders(config, senders).problems];
}
