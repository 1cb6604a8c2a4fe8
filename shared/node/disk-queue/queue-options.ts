import type { Clock } from "../../clock.ts";
import type { QueueBody } from "../../queue/queue.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import type { Files } from "./files.ts";
import type { Share } from "./room.ts";

/** What one queue of a storage is made of. */
export interface QueueOptions {
  readonly name: string;
  readonly directory: string;
  readonly files: Files;
  /** `now` dates messages; leases run by `monotonic`, which nobody sets back. */
  readonly clock: Clock;
  /** Milliseconds that only ever grow. */
  readonly monotonic: () => number;
  readonly emit: Emit;
  readonly room: Share;
  /** Messages that are older are dropped, counted and logged. */
  readonly maxAgeMs: number;
  readonly maxSegmentBytes: number;
  readonly newSalt: () => number;
  /** Why nothing may be appended now, whatever room there is; undefined otherwise. */
  readonly refusal?: () => string | undefined;
  /** Told after each append: why it failed, or undefined. */
  readonly onWrite?: (failure: string | undefined) => void;
  /** Items of a message, for the ledger of what is dropped. */
  readonly itemsOf?: (body: QueueBody) => number;
}
