import { pipelineCommandLine } from "../../daemon/pipeline/command-line.ts";
import { processPipelineIo } from "../../daemon/pipeline/process-io.ts";
import type { ExitCode } from "../command.ts";

/** Runs a command with the flags that Alloy's users pass, which are not all of a form that other commands have. */
export function runAsAlloy(argv: readonly string[]): Promise<ExitCode> {
  return pipelineCommandLine(argv, processPipelineIo());
}
