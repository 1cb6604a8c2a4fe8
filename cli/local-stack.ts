import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../shared/config/settings.ts";
import type { OptionSpec } from "./command.ts";
import { complain, type Io } from "./terminal/io.ts";

/** `--local`, for commands that can look at the stack that `npm start` runs. */
export const localOption = {
  type: "boolean",
  help: "The stack that `npm start` runs here, by SLUICE_DATA_DIR, instead of AWS",
} as const satisfies OptionSpec;

/**
 * The world with the addresses that a running local stack wrote into its data directory, as if they were set in the
 * environment; undefined, with a complaint, where none runs.
 */
export function withLocalStack(io: Io): Io | undefined {
  const directory = io.env[settings.dataDir.env] || settings.dataDir.default;
  try {
    const { admin, http, queueUrl, deadLetterQueueUrl } = JSON.parse(
      readFileSync(join(directory, "addresses.json"), "utf8"),
    );
    const { hostname, port } = new URL(String(admin));
    const front = new URL(String(http));
    const found = {
      [settings.queueUrl.env]: String(queueUrl),
      [settings.deadLetterQueueUrl.env]: String(deadLetterQueueUrl),
      [settings.adminHost.env]: hostname,
      [settings.adminPort.env]: port,
      [settings.host.env]: front.hostname,
      [settings.httpPort.env]: front.port,
    };
    return { ...io, env: { ...io.env, ...found } };
  } catch {
    complain(
      io,
      `No local stack runs in ${directory}.`,
      "Start it: npm start (or set SLUICE_DATA_DIR to its directory)",
    );
    return undefined;
  }
}
