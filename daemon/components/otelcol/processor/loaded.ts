import type { Loaded, Process } from "../../../../shared/processors/processor.ts";

/** The processor, or an `Error` with everything that is wrong with its arguments. */
export function processOf(loaded: Loaded): Process {
  if (loaded.kind === "rejected") throw new Error(loaded.problems.join("\n"));
  return loaded.process;
}
