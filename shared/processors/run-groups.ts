import { type Edited, editRequest } from "../edit/edit-request.ts";
import { Frame } from "../ottl/frame.ts";
import { type ErrorMode, type Group, reasonOf, type Step } from "../ottl/group.ts";
import type { SignalName } from "../signal.ts";
import type { OnStatementError } from "./processor.ts";

/** Thrown out of a pass where errors are propagated; caught by the processor. */
export class Refused extends Error {}

export interface Run {
  readonly signal: SignalName;
  readonly errorMode: ErrorMode;
  readonly onError: OnStatementError;
}

/** Runs the statements of a group over a whole request. Throws `Refused` where errors are propagated. */
export function runStatements(bytes: Uint8Array, group: Group, run: Run): Edited {
  let frame: Frame | undefined;
  return editRequest(bytes, run.signal, {
    level: group.context.level,
    visit: (scene) => {
      frame ??= new Frame(scene);
      frame.clear();
      if (group.conditions.length > 0 && !isAnyMet(frame, group.conditions, run)) return true;
      for (const step of group.statements) {
        try {
          step.run(frame);
        } catch (error) {
          handle(error, { step, run, what: "execute statement" });
        }
      }
      return true;
    },
  });
}

/** Drops every message for which a condition of the group holds, and what it leaves empty. */
export function runConditions(bytes: Uint8Array, group: Group, run: Run): Edited {
  let frame: Frame | undefined;
  const refusals: string[] = [];
  const edited = editRequest(bytes, run.signal, {
    level: group.context.level,
    prunes: true,
    visit: (scene) => {
      frame ??= new Frame(scene);
      frame.clear();
      try {
        return !isAnyMet(frame, group.conditions, run);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (refusals.length < 10) refusals.push(error.message);
        return true;
      }
    },
  });
  if (refusals.length > 0) throw new Refused(refusals.join("; "));
  return edited;
}

function isAnyMet(frame: Frame, conditions: readonly Step<boolean>[], run: Run): boolean {
  for (const step of conditions) {
    try {
      if (step.run(frame)) return true;
    } catch (error) {
      handle(error, { step, run, what: "eval condition" });
    }
  }
  return false;
}

function handle(error: unknown, { step, run, what }: { step: Step<unknown>; run: Run; what: string }): void {
  const reason = reasonOf(error);
  if (run.errorMode === "propagate") throw new Refused(`failed to ${what}: ${step.text}, ${reason}`);
  if (run.errorMode === "ignore") run.onError({ text: step.text, reason });
}
