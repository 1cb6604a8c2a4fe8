import { destinationTextsOf, namedDestinations } from "../../shared/config/destination-settings.ts";
import { namedProblems } from "../../shared/config/named-settings.ts";
import type { ParametersRead } from "../../shared/config/parameter-source.ts";
import {
  fromEnvironment,
  grafanaCloud,
  type Resolved,
  resolve,
  type SettingTexts,
} from "../../shared/config/resolve.ts";
import { senderTextsOf } from "../../shared/config/sender-settings.ts";
import { parametersOf } from "../stage.ts";
import type { Io } from "../terminal/io.ts";

export interface SettingsQuestion {
  readonly stage: string;
  /** Leave Parameter Store out: the environment of this shell and the defaults only. */
  readonly local: boolean;
}

export type SettingsRead =
  | {
      readonly kind: "read";
      readonly texts: SettingTexts;
      /** Parameters that are not settings. */
      readonly unknown: readonly string[];
      readonly resolved: Resolved;
      /** What is wrong with the senders and destinations that the settings name. */
      readonly namedProblems: readonly string[];
    }
  | { readonly kind: "failed"; readonly reason: string };

/** Reads and checks all settings: of a stage that is deployed, which needs a destination, or of this shell alone. */
export async function readSettings({ stage, local }: SettingsQuestion, io: Io): Promise<SettingsRead> {
  const read = await readParameters({ stage, local });
  if (read.kind === "failed") return read;
  const texts = { ...read.texts, ...fromEnvironment(io.env) };
  const resolved = local
    ? resolve(texts, { together: grafanaCloud })
    : resolve({ ...texts, stage }, { required: grafanaCloud });
  return { kind: "read", texts, unknown: read.unknown, resolved, namedProblems: problemsOf(resolved, read, io) };
}

function problemsOf(resolved: Resolved, read: Extract<ParametersRead, { kind: "read" }>, { env }: Io) {
  if (resolved.kind === "invalid") return [];
  const { config } = resolved;
  const names = namedDestinations(config.destinations).map(({ name }) => name);
  const destinations = { ...read.destinations, ...destinationTextsOf(names, env) };
  const senders = { ...read.senders, ...senderTextsOf(config.senders ?? [], env) };
  return namedProblems(config, { destinations, senders });
}

/** The stage's parameters; none where `local`. */
export async function readParameters({ stage, local }: SettingsQuestion): Promise<ParametersRead> {
  return local ? { kind: "read", texts: {}, unknown: [] } : (await parametersOf(stage)).read();
}
