/** What a person reads in an answer: long enough for a path and a reason, far below the 4 MiB of a response. */
export const maxTextLength = 4096;

/** Text of at most `maxTextLength` UTF-16 units, without half a character: safe to encode as UTF-8. */
export function boundedText(text: string): string {
  return (text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text).toWellFormed();
}
