import { conceal } from "../../shared/config/conceal.ts";
import { fromEnvironment, type SettingTexts } from "../../shared/config/resolve.ts";
import type { Setting } from "../../shared/config/setting.ts";
import { type SettingKey, settingKeys, settings } from "../../shared/config/settings.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { stageOf } from "../stage.ts";
import { complain } from "../terminal/io.ts";
import { table } from "../terminal/table.ts";
import { settingName } from "./find-parameter.ts";
import { readParameters } from "./read-settings.ts";

/** `sluice config list`. */
export const configList = defineCommand({
  name: "config list",
  summary: "List every setting, its value and where it comes from",
  details: "The environment is that of this shell; it wins over parameters. Secrets are shown as [secret].",
  options: {
    stage: stageOption,
    local: { type: "boolean", help: "Leave Parameter Store out: environment and defaults only" },
  },
  examples: [
    { line: "sluice config list --stage prod", comment: "what the prod stage is set to" },
    { line: "sluice config list --local --json", comment: "what a process started here would see, for a script" },
  ],
  async run({ options, io, show }) {
    const stage = stageOf(options, io);
    if (stage === undefined) return exitCodes.usage;
    const read = await readParameters({ stage, local: options.local === true });
    if (read.kind === "failed") {
      complain(io, read.reason, "Without AWS: sluice config list --local");
      return exitCodes.failed;
    }
    const environment = { ...fromEnvironment(io.env), stage };
    const found = settingKeys.map((key) => listed(key, { environment, parameters: read.texts }));
    const rows = found.map(({ name, value, source }) => [name, value ?? "-", source]);
    show({
      data: { stage, settings: found, unknown: read.unknown },
      text: table([["SETTING", "VALUE", "FROM"], ...rows]),
    });
    for (const name of read.unknown) io.say(`The parameter ${name} is not a setting.`);
    return exitCodes.ok;
  },
});

function listed(key: SettingKey, from: { readonly environment: SettingTexts; readonly parameters: SettingTexts }) {
  const setting: Setting = settings[key];
  const text = from.environment[key] ?? from.parameters[key] ?? setting.default;
  const source =
    from.environment[key] !== undefined ? "environment" : from.parameters[key] !== undefined ? "parameter" : "default";
  return {
    name: settingName(setting),
    env: setting.env,
    parameter: setting.ssm,
    value: shown(setting, text),
    source: text === undefined ? "not set" : source,
  };
}

/** A password inside a URL is a secret too, wherever it was put. */
function shown({ secret, type }: Setting, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return secret ? "[secret]" : type === "url" ? conceal(text) : text;
}
