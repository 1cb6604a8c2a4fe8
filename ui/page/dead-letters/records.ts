import type { DeadLetterEntry } from "../../../shared/dead-letters/report.ts";
import { readableLines } from "../../../shared/readable/readable.ts";

/** A record of a dead letter as a person reads it; `isRefused`: it is what the destination refused, as far as that is known. */
export interface ShownRecord {
  readonly text: string;
  readonly isRefused: boolean;
}

/** The records of a decoded letter. What is alone in its letter was refused; among several, what the destination's words name. */
export function recordsOf(letter: DeadLetterEntry, content: object): readonly ShownRecord[] {
  const texts = textsOf(letter, content);
  if (letter.items <= 1) return texts.map((text) => ({ text, isRefused: true }));
  const named = [...letter.message.matchAll(/["'`{]([^"'`{}]{3,200})["'`}]/g)].map(([, word = ""]) => word);
  return texts.map((text) => ({ text, isRefused: named.some((word) => text.includes(word)) }));
}

function textsOf({ signal, format }: DeadLetterEntry, content: object): readonly string[] {
  const isOtlp = signal !== undefined && (format === undefined || format.startsWith("otlp"));
  const lines = isOtlp ? readableLines(content, signal) : [];
  if (lines.length > 0) return lines;
  // Series and streams: one line for each.
  const lists = Object.values(content).filter((value): value is readonly unknown[] => Array.isArray(value));
  return lists.flatMap((list) => list.map((each) => JSON.stringify(each)));
}
