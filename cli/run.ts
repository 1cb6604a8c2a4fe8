import { type ParseArgsConfig, parseArgs } from "node:util";
import manifest from "../package.json" with { type: "json" };
import { errorText } from "../shared/error-text.ts";
import { didYouMean } from "../shared/nearest.ts";
import { printableJson } from "../shared/printable.ts";
import { type Command, type ExitCode, exitCodes, type OptionSpec } from "./command.ts";
import { type CommandRow, loadCommands } from "./commands.ts";
import { commandHelp, commonOptions, overview } from "./documents/help.ts";
import { complain, type Io } from "./terminal/io.ts";

/** Runs one command line, without the program's name, and answers with the exit code. */
export async function run(argv: readonly string[], commands: readonly CommandRow[], io: Io): Promise<ExitCode> {
  const [first, second] = argv;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    io.out(overview(await loadCommands(commands)));
    return first === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (first === "--version") {
    io.out(manifest.version);
    return exitCodes.ok;
  }
  const command =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);
  if (command) return runCommand(await command.load(), argv.slice(command.name.split(" ").length), io);
  return unknownCommand(first, second, { commands, io });
}

async function runCommand(command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  if (command.commandLine && !args.includes("--help") && !args.includes("-h")) return command.commandLine(args);
  const parsed = parse(command, args);
  if (parsed.kind === "wrong") {
    complain(io, parsed.message, `See: sluice ${command.name} --help`);
    return exitCodes.usage;
  }
  if (parsed.values.help) {
    io.out(commandHelp(command));
    return exitCodes.ok;
  }
  const wrong = wrongNumber(command, parsed.positionals);
  if (wrong) {
    complain(io, wrong, `See: sluice ${command.name} --help`);
    return exitCodes.usage;
  }
  return command.run({
    args: parsed.positionals,
    options: parsed.values,
    io,
    show: ({ data, text }) => io.out(parsed.values.json ? printableJson(JSON.stringify(data, null, 2)) : text),
  });
}

type Parsed =
  | {
      readonly kind: "parsed";
      readonly values: Readonly<Record<string, string | boolean>>;
      readonly positionals: readonly string[];
    }
  | { readonly kind: "wrong"; readonly message: string };

function parse(command: Command, args: readonly string[]): Parsed {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...commonOptions };
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, { type, short }] of Object.entries(specs)) options[name] = short ? { type, short } : { type };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { kind: "parsed", values: values as Record<string, string | boolean>, positionals };
  } catch (error) {
    const message = errorText(error);
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1];
    if (unknown === undefined) return { kind: "wrong", message: message.split("\n", 1)[0] ?? message };
    const flags = Object.keys(specs).map((name) => `--${name}`);
    return { kind: "wrong", message: `There is no option ${unknown}.${didYouMean(unknown, flags)}` };
  }
}

function wrongNumber({ name, parameters = [] }: Command, args: readonly string[]): string | undefined {
  const missing = parameters.filter((parameter) => !parameter.startsWith("["))[args.length];
  if (missing) return `${name} needs ${missing}.`;
  const extra = args[parameters.length];
  return extra === undefined ? undefined : `${name} does not take ${JSON.stringify(extra)}.`;
}

async function unknownCommand(
  first: string,
  second: string | undefined,
  { commands, io }: { readonly commands: readonly CommandRow[]; readonly io: Io },
): Promise<ExitCode> {
  const ofNoun = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (ofNoun.length > 0 && (second === undefined || second.startsWith("-"))) {
    io.out(overview(await loadCommands(ofNoun)));
    return second === "--help" || second === "-h" ? exitCodes.ok : exitCodes.usage;
  }
  const words = ofNoun.length > 0 || second?.startsWith("-") !== false ? first : `${first} ${second}`;
  const typed = ofNoun.length > 0 ? `${first} ${second}` : words;
  const names = commands.map(({ name }) => name);
  const guess = didYouMean(typed, names) || didYouMean(first, names);
  complain(io, `There is no command ${typed}.${guess}`, "See: sluice --help");
  return exitCodes.usage;
}
