/** One who may send, by the settings (`config/sender-settings.ts`). */
export interface Sender {
  readonly name: string;
  /** For whom its telemetry is, where destinations tell tenants apart by `X-Scope-OrgID`. */
  readonly tenant?: string;
  /** The destinations that get its telemetry; absent: all that there are. */
  readonly destinations?: readonly string[];
  /** Set on every resource that it sends, whatever the resource says. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly rates: SenderRates;
  /** Its part, beside those of the others, of the memory that is kept free for each of them. */
  readonly weight: number;
}

/** What a sender may send; what is absent has no limit. */
export interface SenderRates {
  /** Bytes as uncompressed protobuf. */
  readonly maxBytesPerSecond?: number;
  /** Spans, data points and log records together. */
  readonly maxItemsPerSecond?: number;
  /** How long it may have been silent to send all of it at once. */
  readonly burstMs: number;
}
