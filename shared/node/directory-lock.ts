import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Held as long as the process lives: the system releases it, however the process ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes `directory` for this process alone, creating it, for its owner only, where it is missing; undefined where another process has it.
 * SQLite's exclusive lock is the one lock that Node can take which a killed process does not leave behind.
 */
export function lockDirectory(directory: string): DirectoryLock | undefined {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, "lock.db");
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined;
    throw error;
  }
}
