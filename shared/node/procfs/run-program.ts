import { execFile } from "node:child_process";
import type { RunAnswer } from "../../prometheus/unix/host.ts";

const timeout = 5000;
const maxBuffer = 4 * 1024 * 1024;

/** Runs a program without a shell, found on the PATH. Never rejects. */
export function runProgram(program: string, args: readonly string[]): Promise<RunAnswer> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout, maxBuffer, env: { ...process.env, LC_ALL: "C" } }, (error, text) => {
      if (!error) return resolve({ kind: "printed", text });
      return resolve({ kind: error.code === "ENOENT" ? "missing" : "failed" });
    });
  });
}
