import type { Entry } from "./entry.ts";
import type { LineEntry } from "./line-entry.ts";

/** Where entries go: `loki.process.x.receiver` and the like. */
export interface EntryReceiver {
  /**
   * Resolves when every entry is durable, or was dropped by a rule and counted: only then may a source forget it.
   * A full queue shows as a promise that stays pending. Rejects only when the process stops before that.
   */
  consume(entries: readonly Entry[]): Promise<void>;
  /** Begins a batch of entries that are lent; undefined while only `consume` will do, as where this is absent. */
  lend?(): LentEntries | undefined;
}

/**
 * A batch whose entries are handed over one by one within one turn of the loop, mostly the same object again and again, so that a line
 * costs none of its own. Of several batches only the last one that was begun is open.
 */
export interface LentEntries {
  /** The entry is the receiver's to read and to change until this returns, and not a moment longer: its block is written over. */
  add(entry: LineEntry): void;
  /** Once, after the last entry; the same promise as of `consume`. */
  end(): Promise<void>;
}
