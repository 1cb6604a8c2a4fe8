import { printable as line } from "../printable.ts";

/** Longest text of a destination that is kept and logged. */
export const maxAnswerText = 500;

/** One line, bounded: what others wrote goes into logs and dead letters. */
export function printable(text: string): string {
  return line(text, maxAnswerText);
}
