import type { Command, OptionSpec } from "../command.ts";
import { table } from "../terminal/table.ts";

/** Options that every command has. */
export const commonOptions = {
  json: { type: "boolean", help: "Print the result as JSON" },
  help: { type: "boolean", short: "h", help: "Show this help" },
} as const satisfies Record<string, OptionSpec>;

/** What `sluice --help` says; of one noun's commands only, where one is given. */
export function overview(commands: readonly Command[]): string {
  const [only] = commands.length === 1 ? commands : [];
  if (only) return commandHelp(only);
  return [
    "Usage: sluice <command> [options]",
    "",
    "Commands:",
    indented(table(commands.map(({ name, summary }) => [name, summary]))),
    "",
    "Every command has --help, with examples, and --json.",
    "Data goes to standard output, messages to standard error; NO_COLOR turns colours off.",
    "",
    "Exit codes: 0 done · 1 done, and something is wrong · 2 the command line is wrong · 3 could not be done",
  ].join("\n");
}

/** What `sluice <command> --help` says. */
export function commandHelp({ name, summary, details, parameters = [], options = {}, examples }: Command): string {
  const rows = Object.entries({ ...options, ...commonOptions }).map(([option, spec]) => [
    flag(option, spec),
    spec.help,
  ]);
  return [
    `Usage: ${["sluice", name, ...parameters, "[options]"].join(" ")}`,
    "",
    `${summary}.${details ? ` ${details}` : ""}`,
    "",
    "Options:",
    indented(table(rows)),
    "",
    "Examples:",
    indented(examples.map(({ line, comment }) => `# ${comment}\n${line}`).join("\n")),
  ].join("\n");
}

function flag(option: string, { short, placeholder }: OptionSpec): string {
  return `${short ? `-${short}, ` : "    "}--${option}${placeholder ? ` ${placeholder}` : ""}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
