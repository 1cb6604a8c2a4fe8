import { type Setting, type SettingKey, settingKeys, settings } from "../shared/config/settings.ts";
import { didYouMean } from "./nearest.ts";

export type FoundSetting =
  | { readonly kind: "found"; readonly key: SettingKey; readonly setting: Setting }
  | { readonly kind: "unknown"; readonly message: string };

/** The setting by its parameter name, environment variable or key; otherwise what was probably meant. */
export function findSetting(name: string): FoundSetting {
  for (const key of settingKeys) {
    const setting: Setting = settings[key];
    if (name === setting.ssm || name === setting.env || name === key) return { kind: "found", key, setting };
  }
  const names = settingKeys.flatMap((key) => allNames(settings[key]));
  return { kind: "unknown", message: `There is no setting ${name}.${didYouMean(name, names)}` };
}

/** The name that people use: the parameter's, or the environment variable's where there is no parameter. */
export function settingName({ ssm, env }: Setting): string {
  return ssm ?? env;
}

function allNames({ ssm, env }: Setting): string[] {
  return ssm ? [ssm, env] : [env];
}
