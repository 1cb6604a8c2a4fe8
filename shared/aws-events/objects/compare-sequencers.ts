/**
 * The order of two events of one key by their `sequencer`: negative where `one` came first. The shorter one is filled up with
 * zeros on its right, and the texts are compared (Amazon S3 user guide, "Event message structure").
 */
export function compareSequencers(one: string, other: string): number {
  const length = Math.max(one.length, other.length);
  const [left, right] = [one.padEnd(length, "0").toUpperCase(), other.padEnd(length, "0").toUpperCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
