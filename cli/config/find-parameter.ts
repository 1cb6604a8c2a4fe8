import { namedSetting } from "../../shared/config/named-settings.ts";
import type { Setting } from "../../shared/config/setting.ts";
import { parameterName, type SettingKey, settingKeys, settings } from "../../shared/config/settings.ts";
import { didYouMean } from "../../shared/nearest.ts";
import { complain, type Io } from "../terminal/io.ts";

/** A setting that is kept as a parameter, under this name. */
export interface FoundParameter {
  /** Absent for a setting of one sender or destination. */
  readonly key?: SettingKey;
  readonly setting: Setting;
  readonly name: string;
}

/** Finds one by its parameter name (`senders/web/tokens` too), environment variable or key; undefined, with a complaint, where there is none. */
export function findParameter(given: string, io: Io): FoundParameter | undefined {
  const key = settingKeys.find((candidate) => [candidate, ...allNames(settings[candidate])].includes(given));
  if (key === undefined) {
    const named = namedSetting(given);
    if (named) return { setting: named, name: given };
    const names = settingKeys.flatMap((candidate) => allNames(settings[candidate]));
    complain(io, `${given} is not a setting.${didYouMean(given, names)}`, "See: sluice config list --local");
    return undefined;
  }
  const setting: Setting = settings[key];
  if (setting.ssm !== undefined) return { key, setting, name: parameterName(setting.ssm) };
  complain(io, `${setting.env} is kept in the environment only.`, `Set it where the process starts: ${setting.env}=…`);
  return undefined;
}

/** The name that people use: the parameter's, or the environment variable's where there is no parameter. */
export function settingName({ ssm, env }: Setting): string {
  return ssm ? parameterName(ssm) : env;
}

function allNames({ ssm, env }: Setting): string[] {
  return ssm ? [ssm, parameterName(ssm), env] : [env];
}
