import { type Secret, secret } from "../secret.ts";
import { conceal } from "./conceal.ts";
import { parseValue, type SettingValue } from "./parse-value.ts";
import { isSenderVariable } from "./sender-settings.ts";
import type { Setting } from "./setting.ts";
import { parameterName, type SettingKey, settingKeys, settings } from "./settings.ts";

type Table = typeof settings;
type Plain<Row extends Setting> = Row extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Row["type"] extends "integer" | "bytes" | "duration"
    ? number
    : Row["type"] extends "boolean"
      ? boolean
      : Row["type"] extends "list"
        ? readonly (Row extends { readonly secret: true } ? Secret : string)[]
        : Row extends { readonly secret: true }
          ? Secret
          : string;

/** The settings of a process, checked: one property per row of the table; `undefined` only where a row has no default. */
export type Config = {
  readonly [Key in SettingKey]: Table[Key] extends { readonly default: string }
    ? Plain<Table[Key]>
    : Plain<Table[Key]> | undefined;
};

/** Settings as found in a source, still text. */
export type SettingTexts = { readonly [Key in SettingKey]?: string };

/** One thing to put right; `message` names the setting, its value (never a secret's), the limit and the fix. */
export interface Problem {
  readonly setting: SettingKey;
  readonly message: string;
}

/** A valid configuration, or all that is wrong with it. */
export type Resolved =
  | { readonly kind: "resolved"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** What an entry point needs beyond valid values. */
export interface ResolveOptions {
  /** Settings that must be there. */
  readonly required?: readonly SettingKey[];
  /** Settings that must be there where there is no pipeline of the functions, which names its own destinations. */
  readonly unlessPipeline?: readonly SettingKey[];
  /** Whether the destinations that `SLUICE_DESTINATIONS` names must be described: for those who deliver. */
  readonly delivers?: true;
  /** Settings that are there together or not at all. */
  readonly together?: readonly SettingKey[];
}

/** The settings that make up the Grafana Cloud destination. */
export const grafanaCloud: readonly SettingKey[] = ["endpoint", "instanceId", "apiKey"];

/**
 * Checks every setting and answers with one frozen Config, or with all the problems at once. Empty text is absent.
 * Sources are merged before: `resolve({ ...fromParameters, ...fromEnvironment(env) })`, the environment wins.
 */
export function resolve(texts: SettingTexts, options: ResolveOptions = {}): Resolved {
  const found: Partial<Record<SettingKey, SettingValue | Secret | readonly Secret[]>> = {};
  const problems: Problem[] = [];
  for (const key of settingKeys) {
    const setting: Setting = settings[key];
    const text = textOf(texts, key) ?? setting.default;
    if (text === undefined) continue;
    const parsed = parseValue(setting, text);
    if (parsed.kind === "value") found[key] = setting.secret ? concealed(parsed.value) : parsed.value;
    else problems.push({ setting: key, message: badValue(key, text, parsed.must) + fixOf(key, "Correct", texts) });
  }
  problems.push(...missing(texts, options));
  if (problems.length > 0) return { kind: "invalid", problems };
  // The loop above has filled every row by its type, which the compiler cannot follow through the table.
  return { kind: "resolved", config: Object.freeze(found) as Config };
}

/** The settings that are set in the environment; whatever else is in there is left alone. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): SettingTexts {
  const texts: Partial<Record<SettingKey, string>> = {};
  for (const key of settingKeys) {
    const text = env[settings[key].env];
    if (text !== undefined && !isBlank(key, text)) texts[key] = text;
  }
  return texts;
}

/** Names in the environment that look like settings and are not: probably typing errors. */
export function unknownVariablesOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names: ReadonlySet<string> = new Set(settingKeys.map((key) => settings[key].env));
  return Object.keys(env).filter(
    (name) => /^(SLUICE_(?!DESTINATION_)|GRAFANA_CLOUD_)/.test(name) && !names.has(name) && !isSenderVariable(name),
  );
}

function missing(texts: SettingTexts, { unlessPipeline = [], ...options }: ResolveOptions): Problem[] {
  const hasPipeline = textOf(texts, "pipeline") !== undefined || textOf(texts, "pipelineFile") !== undefined;
  const required = [...(options.required ?? []), ...(hasPipeline ? [] : unlessPipeline)];
  const together = [...(options.together ?? []), ...(hasPipeline ? unlessPipeline : [])];
  const absent = (key: SettingKey) => textOf(texts, key) === undefined && !("default" in settings[key]);
  const partial = together.some((key) => !absent(key));
  const wanted = new Set([...required, ...(partial ? together : [])]);
  return [...wanted]
    .filter(absent)
    .map((key) => ({ setting: key, message: notSet(key, required.includes(key)) + fixOf(key, "Set", texts) }));
}

function textOf(texts: SettingTexts, key: SettingKey): string | undefined {
  const text = texts[key];
  return text === undefined || isBlank(key, text) ? undefined : text;
}

/** Empty text is absent, but of a restriction: a secret that was not filled in must not let everybody in. */
function isBlank(key: SettingKey, text: string): boolean {
  const { restricts }: Setting = settings[key];
  return !restricts && text.trim() === "";
}

function concealed(value: SettingValue): Secret | readonly Secret[] {
  return Array.isArray(value) ? value.map(secret) : secret(String(value));
}

function badValue(key: SettingKey, text: string, must: string): string {
  const setting: Setting = settings[key];
  const shown = setting.secret ? "has a value that cannot be used" : `is ${JSON.stringify(conceal(text))}`;
  return `${setting.env} ${shown}: it must ${must}.`;
}

function notSet(key: SettingKey, required: boolean): string {
  const setting: Setting = settings[key];
  return `${setting.env} ${required ? "is not set" : "is not set, but others of its group are"} (${setting.help}).`;
}

function fixOf(key: SettingKey, verb: "Set" | "Correct", texts: SettingTexts): string {
  const { ssm }: Setting = settings[key];
  const stage = textOf(texts, "stage");
  const put = ssm && `sluice config put ${parameterName(ssm)}${stage === undefined ? "" : ` --stage ${stage}`}`;
  return ` ${verb} the environment variable${put ? `, or the parameter with: ${put}` : ""}.`;
}
