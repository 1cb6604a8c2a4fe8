/** A severity of OTLP: 1 to 24, and the word that the line has for it. */
export interface Severity {
  readonly number: number;
  readonly text: string;
}

/** The first number of each range (OpenTelemetry, "Logs Data Model", severity fields), by the words in use. */
const numbers = new Map([
  ["trace", 1],
  ["finest", 1],
  ["verbose", 1],
  ["debug", 5],
  ["fine", 5],
  ["info", 9],
  ["information", 9],
  ["informational", 9],
  ["log", 9],
  ["notice", 10],
  ["warn", 13],
  ["warning", 13],
  ["error", 17],
  ["err", 17],
  ["severe", 17],
  ["critical", 18],
  ["crit", 18],
  ["alert", 19],
  ["fatal", 21],
  ["panic", 21],
  ["emerg", 21],
  ["emergency", 21],
]);
const longestWord = 13;

/** The severity that a word means, in any case; undefined where it means none. The word stays as it is written. */
export function severityOf(word: string): Severity | undefined {
  if (word.length > longestWord) return undefined;
  const number = numbers.get(word.toLowerCase());
  return number === undefined ? undefined : { number, text: word };
}
