import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks at the terminal; with `hidden`, nothing that is typed is shown. Undefined when the answer is cancelled. */
export async function ask(question: string, { hidden }: { readonly hidden: boolean }): Promise<string | undefined> {
  const cancelled = new AbortController();
  // readline shows what is typed by writing it; a hidden answer goes to an output that drops everything.
  const shown = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const terminal = createInterface({ input: process.stdin, output: shown, terminal: true, historySize: 0 });
  terminal.on("SIGINT", () => cancelled.abort());
  terminal.on("close", () => cancelled.abort());
  if (hidden) process.stderr.write(question);
  try {
    return await terminal.question(hidden ? "" : question, { signal: cancelled.signal });
  } catch {
    return undefined;
  } finally {
    terminal.close();
    if (hidden) process.stderr.write("\n");
  }
}
