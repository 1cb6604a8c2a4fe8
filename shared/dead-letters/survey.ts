import type { DeadLetter } from "./dead-letter.ts";
import { type Action, createRecorder, type DeadLetterReport, type RecorderOptions } from "./report.ts";
import { type Selection, selects } from "./selection.ts";
import { type WalkOptions, walkDeadLetters } from "./walk.ts";

export interface SurveyOptions extends WalkOptions, Pick<RecorderOptions, "maxListed"> {
  readonly action: Extract<Action, "list" | "show" | "export">;
  /** Gets every selected letter, while it is in hand. */
  readonly take?: (letter: DeadLetter) => Promise<void>;
  /** Most letters that are looked for; the walk ends early when it has them. */
  readonly max?: number;
}

/** Looks at dead letters and changes nothing. */
export async function surveyDeadLetters(selection: Selection, options: SurveyOptions): Promise<DeadLetterReport> {
  const { take, max = Number.POSITIVE_INFINITY, clock } = options;
  const recorder = createRecorder({ ...options, now: clock.now });
  let found = 0;
  const end = await walkDeadLetters(options, async (letters) => {
    for (const letter of letters) {
      if (found >= max || !selects(selection, letter.facts)) {
        recorder.leave(1);
        continue;
      }
      found += 1;
      await take?.(letter);
      recorder.note(letter.facts, { outcome: "kept" });
    }
    return found >= max ? "enough" : "on";
  });
  return recorder.report(end);
}
