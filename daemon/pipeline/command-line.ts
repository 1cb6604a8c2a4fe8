import { readFile, writeFile } from "node:fs/promises";
import { placeText } from "../../shared/alloy/diagnostic.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { printFile } from "../../shared/alloy/print.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { errorText } from "../../shared/error-text.ts";
import { didYouMean } from "../../shared/nearest.ts";
import { checkPipeline } from "./check-pipeline.ts";
import { type Flag, flags } from "./flags.ts";
import { parseFlags } from "./parse-flags.ts";
import { type ReadParameter, readConfig } from "./read-config.ts";
import { runPipeline } from "./run-pipeline.ts";
import { unsetVariables } from "./unset-variables.ts";

/** The process around a command. */
export interface PipelineIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Standard output and standard error, as they are. */
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. */
  input(): Promise<Uint8Array>;
  readonly color: boolean;
  readonly readParameter: ReadParameter;
  onReload(reload: () => void): void;
  /** Resolves when the process is asked to stop. */
  stopRequested(): Promise<string>;
}

/** Names of the commands that Alloy has too. */
export const pipelineCommands = ["run", "fmt", "validate"] as const;

const fmtFlags: readonly Flag[] = [
  { name: "write", type: "boolean", default: "false", help: "Write the result to the file (-w)" },
  { name: "test", type: "boolean", default: "false", help: "Exit with 1 when the text would change (-t)" },
];
const others = ["convert", "tools", "gql"];

/** Runs `run`, `fmt`, `validate` or `--version`, as Alloy takes them; answers with the exit code. */
export async function pipelineCommandLine(argv: readonly string[], io: PipelineIo): Promise<0 | 1> {
  const [command = "", ...args] = argv;
  try {
    if (command === "--version" || command === "-v") {
      io.out(`sluice, version v${io.version}\n`);
      return 0;
    }
    if (command === "run") return await run(args, io);
    if (command === "fmt" || command === "format") return await format(args, io);
    if (command === "validate") return await validate(args, io);
  } catch (error) {
    return fail(io, errorText(error));
  }
  if (others.includes(command)) return fail(io, `${command} is a command of Grafana Alloy that Sluice does not have`);
  return fail(io, `unknown command ${JSON.stringify(command)}.${didYouMean(command, pipelineCommands)}`);
}

async function run(args: readonly string[], io: PipelineIo): Promise<0 | 1> {
  const parsed = parseFlags(args, flags);
  if (parsed.kind === "wrong") return fail(io, parsed.message);
  const { positionals, value, withoutEffect } = parsed;
  const read = reader(positionals, value, io);
  return runPipeline({
    flag: value,
    version: io.version,
    read,
    withoutEffect,
    write: io.err,
    color: io.color,
    onReload: io.onReload,
    stop: io.stopRequested(),
  });
}

async function validate(args: readonly string[], io: PipelineIo): Promise<0 | 1> {
  const parsed = parseFlags(args, flags);
  if (parsed.kind === "wrong") return fail(io, parsed.message);
  const sources = await reader(parsed.positionals, parsed.value, io)();
  const { valid, report } = await checkPipeline(sources, { flag: parsed.value, version: io.version, color: io.color });
  io.err(report);
  // A file with a warning loads, and fails here, as with Alloy.
  if (valid && report === "") return 0;
  if (!valid) io.err(unsetVariables(sources, io.env));
  io.err("Error: validation failed\n");
  return 1;
}

async function format(args: readonly string[], io: PipelineIo): Promise<0 | 1> {
  const long = args.map((arg) => (arg === "-w" ? "--write" : arg === "-t" ? "--test" : arg));
  const parsed = parseFlags(long, fmtFlags);
  if (parsed.kind === "wrong") return fail(io, parsed.message);
  const [write, test] = [parsed.value("write") === "true", parsed.value("test") === "true"];
  if (write && test) return fail(io, "cannot use -w/--write and -t/--test at the same time");
  const [path, ...more] = parsed.positionals;
  if (path === undefined || more.length > 0) return fail(io, `accepts 1 arg(s), received ${parsed.positionals.length}`);
  if (path === "-" && write) return fail(io, "cannot use -w with standard input");
  const source = createSource(path === "-" ? "<stdin>" : path, path === "-" ? await io.input() : await readFile(path));
  const file = parseFile(source);
  if (file.kind === "invalid") {
    for (const { start, message } of file.diagnostics) io.err(`${placeText(start)}: ${message}\n`);
    return fail(io, "encountered errors during formatting");
  }
  const printed = printFile(file.tree);
  const changed = !Buffer.from(source.bytes).equals(Buffer.from(printed));
  if (test) return changed ? fail(io, `${source.name} is not formatted`) : 0;
  if (!write) io.out(printed);
  else if (changed) await writeFile(path, printed);
  return 0;
}

/** What reads the configuration that a command line names. */
function reader(
  positionals: readonly string[],
  value: (name: string) => string,
  io: PipelineIo,
): () => Promise<readonly Source[]> {
  const { SLUICE_CONFIG, ALLOY_CONFIG } = io.env;
  const text = SLUICE_CONFIG ?? ALLOY_CONFIG;
  const parameter = value("config.ssm");
  const elsewhere = text !== undefined || parameter !== "";
  if (positionals.length > 1 || (positionals.length === 0 && !elsewhere)) {
    throw new Error(`accepts 1 arg(s), received ${positionals.length}`);
  }
  const origin = {
    path: positionals[0] ?? "",
    ...(parameter === "" ? {} : { parameter }),
    ...(text === undefined ? {} : { text }),
  };
  return () => readConfig(origin, io.readParameter);
}

function fail(io: PipelineIo, message: string): 1 {
  io.err(`Error: ${message}\n`);
  return 1;
}
