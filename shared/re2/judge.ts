import { maxBacktrackingChars } from "./cost.ts";
import { emitPattern } from "./emit.ts";
import { parsePattern } from "./parse.ts";
import { plainPattern } from "./plain.ts";

/** What is known of a pattern from its text alone. */
export interface Judged {
  /** Names of the groups by their number; absent where only RE2 can say whether the pattern is valid. */
  readonly groupNames?: readonly (string | undefined)[];
  /** How JavaScript's engine runs it, for texts of up to `maxChars` UTF-16 units; absent where RE2 must. */
  readonly fast?: { readonly emitted: string; readonly maxChars: number };
}

/** Decides by which engine a pattern runs. A packaged pipeline brings along what was decided on its patterns. */
export function judgePattern(source: string): Judged {
  const groupNames = plainPattern(source)?.groupNames;
  const node = parsePattern(source);
  const maxChars = node ? maxBacktrackingChars(node) : 0;
  return {
    ...(groupNames && { groupNames }),
    ...(node && maxChars >= minChars && { fast: { emitted: emitPattern(node), maxChars } }),
  };
}

const minChars = 16;
