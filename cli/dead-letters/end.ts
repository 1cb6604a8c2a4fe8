import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import type { WalkOptions } from "../../shared/dead-letters/walk.ts";
import { type ExitCode, exitCodes } from "../command.ts";
import { watchInterruption } from "../terminal/interruption.ts";
import { complain, type Io } from "../terminal/io.ts";
import { createProgress } from "../terminal/progress.ts";
import { count } from "./text.ts";

/** What every walk through the dead letters has on a terminal: a progress bar, and Ctrl-C. */
export function showWalk(
  label: string,
  io: Io,
): { readonly options: Pick<WalkOptions, "stop" | "onProgress" | "onWait">; dispose(): void } {
  const progress = createProgress(label);
  const interruption = watchInterruption(io);
  return {
    options: {
      stop: interruption.signal,
      onProgress: progress.show,
      onWait: (letters) =>
        progress.say(`waiting for ${count(letters, "dead letter")} that an interrupted command still holds`),
    },
    dispose() {
      progress.clear();
      interruption.dispose();
    },
  };
}

/** Says what the walk has left undone, and answers with the exit code. */
export function exitCodeOf({ ended, reason = "", counts }: DeadLetterReport, io: Io): ExitCode {
  switch (ended) {
    case "failed":
      complain(io, reason, "Nothing is lost: run the same command again.");
      return exitCodes.failed;
    case "interrupted":
      complain(io, "Stopped before the end.", "The same command continues from there.");
      return exitCodes.bad;
    case "full":
      complain(io, "Too many dead letters are outside the selection to hold them all.", "Widen the selection.");
      return exitCodes.bad;
    default:
      return counts.failed + counts.unconfirmed > 0 ? exitCodes.bad : exitCodes.ok;
  }
}
