import { parseArgs } from "node:util";
import { errorText } from "../shared/error-text.ts";

/** What `npm start -- --help` prints. */
export const startHelp = `Runs the whole gateway on this machine: OTLP in, a queue on disk, and what it delivers printed here, or sent to Grafana Cloud.

Usage: npm start -- [options]

  --pipeline FILE   runs this pipeline as the functions would; what would go to a destination whose
                    address is not set in the environment is printed here (SLUICE_PIPELINE_FILE)
  --help            this text

Settings come from the environment: docs/configuration.md.
`;

export type StartOptions =
  | { readonly kind: "options"; readonly pipelineFile?: string }
  | { readonly kind: "help" }
  | { readonly kind: "invalid"; readonly problem: string };

/** Reads the command line of `npm start`. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  try {
    const options = { pipeline: { type: "string" }, help: { type: "boolean" } } as const;
    const { pipeline: pipelineFile, help } = parseArgs({ args: [...args], options }).values;
    if (help) return { kind: "help" };
    return { kind: "options", ...(pipelineFile !== undefined && { pipelineFile }) };
  } catch (error) {
    return { kind: "invalid", problem: `${errorText(error)}\n\n${startHelp}` };
  }
}
