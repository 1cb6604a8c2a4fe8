import type { JsonObject } from "../wire/to-json.ts";
import { readContent } from "./content.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { DeadLetterReport } from "./report.ts";
import { surveyDeadLetters } from "./survey.ts";
import type { WalkOptions } from "./walk.ts";

/** What is in a letter, in OTLP/JSON; what is told of an object; as it is where it cannot be decoded; only its size where an answer has no room for it. */
export type ShownContent =
  | { readonly content: JsonObject }
  | { readonly raw: string; readonly why: string }
  | { readonly bytes: number; readonly why: string };

export interface ShownDeadLetters extends DeadLetterReport {
  /** By letter id. */
  readonly contents: Readonly<Record<string, ShownContent>>;
}

export interface ShowOptions extends WalkOptions {
  /** Most bytes of all contents together, as JSON; default: no limit. */
  readonly maxContentBytes?: number;
}

/** Looks for letters by their ids, and into them; the walk ends when it has found them all. */
export async function showDeadLetters(ids: ReadonlySet<string>, options: ShowOptions): Promise<ShownDeadLetters> {
  const { maxContentBytes = Number.POSITIVE_INFINITY } = options;
  const contents: [string, ShownContent][] = [];
  let room = maxContentBytes;

  async function take(letter: DeadLetter): Promise<void> {
    const read = await readContent(letter);
    const shown = read.kind === "raw" ? { raw: read.body, why: read.why } : { content: read.json() };
    const bytes = Number.isFinite(room) ? Buffer.byteLength(JSON.stringify(shown)) : 0;
    const fits = bytes <= room;
    if (fits) room -= bytes;
    const why = "too large for this answer: export it from the command line";
    contents.push([letter.facts.id, fits ? shown : { bytes, why }]);
  }

  const report = await surveyDeadLetters({ ids }, { ...options, action: "show", max: ids.size, take });
  return { ...report, contents: Object.fromEntries(contents) };
}
