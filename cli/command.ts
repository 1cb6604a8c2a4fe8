import type { Io } from "./terminal/io.ts";

/** What a process says when it ends; documented in `sluice --help`. */
export const exitCodes = {
  /** Done. */
  ok: 0,
  /** Done, and the answer is bad news: invalid settings, a failed check, a setting that is not set. */
  bad: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Could not be done: AWS or the destination refused or cannot be reached. */
  failed: 3,
} as const;

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One option of a command: how it is written and what its help says. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly placeholder?: string;
  readonly help: string;
}

type ValueOf<Type extends OptionSpec["type"]> = Type extends "boolean" ? boolean : string;
type Options = Readonly<Record<string, OptionSpec>>;

/** A command as it was called. */
export interface Call<Spec extends Options = Options> {
  /** Positional arguments, in order. */
  readonly args: readonly string[];
  readonly options: { readonly [Name in keyof Spec]?: ValueOf<Spec[Name]["type"]> };
  readonly io: Io;
  /** Prints the result on standard output: `data` as JSON with `--json`, otherwise `text`. */
  readonly show: (result: { readonly data: unknown; readonly text: string }) => void;
}

/** One command of the command line: one file, one row in `commands.ts`. */
export interface Command<Spec extends Options = Options> {
  /** Noun and verb, as typed. */
  readonly name: string;
  readonly summary: string;
  /** More than the summary, for `--help`. */
  readonly details?: string;
  /** Positional arguments: `NAME`, or `[VALUE]` when it may be left out. */
  readonly parameters?: readonly string[];
  readonly options?: Spec;
  readonly examples: readonly { readonly line: string; readonly comment: string }[];
  run(call: Call<Spec>): Promise<ExitCode>;
  /** Takes the words behind the name as they are, instead of `run`; `--help` is answered before. */
  commandLine?(args: readonly string[]): Promise<ExitCode>;
}

/** Keeps the types of a command's options for its `run`. */
export function defineCommand<const Spec extends Options>(
  command: Command<Spec> | (Omit<Command<Spec>, "run"> & Required<Pick<Command<Spec>, "commandLine">>),
): Command {
  return { run: async () => exitCodes.usage, ...command };
}

/** `--stage`, for commands about a deployed stage. */
export const stageOption = {
  type: "string",
  short: "s",
  placeholder: "STAGE",
  help: "Stage (default: SLUICE_STAGE, or dev)",
} as const satisfies OptionSpec;
