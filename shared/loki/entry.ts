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

/** Where entries go: `loki.process.x.receiver` and the like. */
export interface EntryReceiver {
  /**
   * Resolves when every entry is durable, or was dropped by a rule and counted: only then may a source forget it.
   * A full queue shows as a promise that stays pending. Rejects only when the process stops before that.
   */
  consume(entries: readonly Entry[]): Promise<void>;
}
