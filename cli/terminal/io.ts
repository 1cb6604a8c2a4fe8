import { text } from "node:stream/consumers";

/** The world of a command: environment, data on standard output, talk on standard error. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line of data. */
  out(line: string): void;
  /** Writes a line of talk. */
  say(line: string): void;
  /** Whether someone sits at the terminal and can be asked. */
  readonly interactive: boolean;
  /** Standard output may be coloured: a terminal, and NO_COLOR is not set (no-color.org). */
  readonly color: boolean;
  /** All of standard input. */
  input(): Promise<string>;
}

/** The terminal, files or pipes that this process was started with. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  return {
    env,
    out: (line) => stdout.write(`${line}\n`),
    say: (line) => stderr.write(`${line}\n`),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    color: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    input: () => text(stdin),
  };
}

/** Says what failed and what to do about it. */
export function complain(io: Io, what: string, fix?: string): void {
  io.say(`sluice: ${what}`);
  if (fix) io.say(`  ${fix}`);
}
