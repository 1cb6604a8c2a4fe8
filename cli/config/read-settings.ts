import type { ParametersRead } from "../../shared/config/parameter-source.ts";
import {
  fromEnvironment,
  grafanaCloud,
  type Resolved,
  resolve,
  type SettingTexts,
} from "../../shared/config/resolve.ts";
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
  return { kind: "read", texts, unknown: read.unknown, resolved };
}

/** The stage's parameters; none where `local`. */
export async function readParameters({ stage, local }: SettingsQuestion): Promise<ParametersRead> {
  return local ? { kind: "read", texts: {}, unknown: [] } : (await parametersOf(stage)).read();
}
