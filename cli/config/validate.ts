import { type Problem, unknownVariablesOf } from "../../shared/config/resolve.ts";
import type { Setting } from "../../shared/config/setting.ts";
import { settingKeys, settings } from "../../shared/config/settings.ts";
import { didYouMean } from "../../shared/nearest.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { stageOf } from "../stage.ts";
import { complain } from "../terminal/io.ts";
import { settingName } from "./find-parameter.ts";
import { readSettings } from "./read-settings.ts";

/** `sluice config validate`. */
export const configValidate = defineCommand({
  name: "config validate",
  summary: "Check all settings at once",
  details: "Exits with 1 when one of them is bad or a setting that a deployed stage needs is missing.",
  options: {
    stage: stageOption,
    local: { type: "boolean", help: "Leave Parameter Store out: environment and defaults only" },
  },
  examples: [
    { line: "sluice config validate --stage prod", comment: "before the first deployment, and after each change" },
    { line: "sluice config validate --local", comment: "what is in this shell's environment" },
  ],
  async run({ options, io, show }) {
    const stage = stageOf(options, io);
    if (stage === undefined) return exitCodes.usage;
    const read = await readSettings({ stage, local: options.local === true }, io);
    if (read.kind === "failed") {
      complain(io, read.reason, "Without AWS: sluice config validate --local");
      return exitCodes.failed;
    }
    const problems = [
      ...(read.resolved.kind === "invalid" ? read.resolved.problems.map(described) : []),
      ...read.namedProblems.map((message) => ({ message })),
    ];
    const warnings = [...read.unknown.map(unknownParameter(stage)), ...unknownVariables(io.env)];
    const data = { stage, valid: problems.length === 0, problems, warnings };
    show({ data, text: problems.length === 0 ? "All settings are valid." : problems.map(line).join("\n") });
    for (const warning of warnings) io.say(`Warning: ${warning}`);
    return problems.length === 0 ? exitCodes.ok : exitCodes.bad;
  },
});

function described({ setting, message }: Problem) {
  return { setting: settingName(settings[setting]), env: settings[setting].env, message };
}

function line({ message }: Pick<Problem, "message">): string {
  return `- ${message}`;
}

function unknownParameter(stage: string): (name: string) => string {
  const names = settingKeys.flatMap((key) => {
    const setting: Setting = settings[key];
    return setting.ssm ? [setting.ssm] : [];
  });
  return (name) =>
    `the parameter ${name} is not a setting.${didYouMean(name.slice(`/sluice/${stage}/`.length), names)}`;
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const names: readonly string[] = settingKeys.map((key) => settings[key].env);
  return unknownVariablesOf(env).map(
    (name) => `the environment variable ${name} is not a setting.${didYouMean(name, names)}`,
  );
}
