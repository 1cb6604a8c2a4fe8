import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Journal, type JournalState, journalStates } from "../dead-letters/journal.ts";

/** No letter lives longer than its queue keeps it: 14 days, of SQS. */
const maxAgeMs = 15 * 86_400_000;

/**
 * The journal of replays in `directory`, created where it is missing. Every step is on disk when its promise resolves (SQLite,
 * flushed at each commit), and several processes may write. Throws where the directory cannot be used.
 */
export function openReplayJournal(directory: string, now: number): Journal & { dispose(): void } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(directory, "replays.db"), { timeout: 5000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("CREATE TABLE IF NOT EXISTS letters (id TEXT PRIMARY KEY, state TEXT NOT NULL, at INTEGER NOT NULL)");
  database.prepare("DELETE FROM letters WHERE at < ?").run(now - maxAgeMs);
  const all = database.prepare("SELECT id, state FROM letters");
  const put = database.prepare("INSERT OR REPLACE INTO letters (id, state, at) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM letters WHERE id = ?");

  /** One commit, which is one wait for the disk, for all ids. */
  function commit(work: () => void): void {
    database.exec("BEGIN IMMEDIATE");
    try {
      work();
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    open: async () => new Map(all.all().map(({ id, state }) => [String(id), stateOf(state)])),
    write: async (ids, state) => {
      if (ids.length > 0) commit(() => ids.forEach((id) => void put.run(id, state, now)));
    },
    close: async (ids) => {
      if (ids.length > 0) commit(() => ids.forEach((id) => void remove.run(id)));
    },
    dispose: () => database.close(),
  };
}

function stateOf(text: unknown): JournalState {
  return journalStates.find((state) => state === text) ?? "sending";
}
