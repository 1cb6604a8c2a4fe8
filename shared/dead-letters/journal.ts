/**
 * How far a letter's replay had come when it was last heard of: handed to the queue, or confirmed by it but not deleted;
 * `resent` where an attempt before that one had been interrupted, so that the queue may have it twice.
 */
export type JournalState = (typeof journalStates)[number];

/** How far a replay has got with a letter. */
export const journalStates = ["sending", "sent", "resent"] as const;

/**
 * Remembers, across interruptions, which letters may be in two places. A step is durable when its promise resolves; what
 * cannot be written rejects.
 */
export interface Journal {
  /** What earlier replays left open, by letter id. */
  open(): Promise<ReadonlyMap<string, JournalState>>;
  write(ids: readonly string[], state: JournalState): Promise<void>;
  /** Nothing is open about these any more: the letter is gone from the dead-letter queue. */
  close(ids: readonly string[]): Promise<void>;
}

/** A journal as long as the process lives: for a function, which has no disk of its own. */
export function createMemoryJournal(): Journal {
  const states = new Map<string, JournalState>();
  return {
    open: async () => new Map(states),
    write: async (ids, state) => {
      for (const id of ids) states.set(id, state);
    },
    close: async (ids) => {
      for (const id of ids) states.delete(id);
    },
  };
}
