/** A label of a stream, or a pair of structured metadata. */
export interface Label {
  readonly name: string;
  readonly value: string;
}

/** Labels in order of name, each name once. Shared between entries and never changed: equal arrays are often the same array. */
export type LabelSet = readonly Label[];

/** A log entry, the currency between the components of logs: what `logproto.Entry` holds, with the labels of its stream. */
export interface Entry {
  readonly labels: LabelSet;
  /** Nanoseconds since 1970; may be negative. */
  readonly timeUnixNano: bigint;
  readonly line: string;
  readonly metadata: readonly Label[];
}
