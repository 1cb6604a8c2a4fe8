import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DirectoryLock, lockDirectory } from "../directory-lock.ts";

/** The form of everything in a storage path. It changes when a version would misread what another one wrote. */
const format = 1;
const fileName = "format";

/**
 * Takes a storage path for this process, as `lockDirectory` does, and keeps its format in a file of it. Throws, having changed
 * nothing, where another version wrote what this one does not know.
 */
export function lockStorage(directory: string): DirectoryLock | undefined {
  const lock = lockDirectory(directory);
  if (!lock) return undefined;
  try {
    keepFormat(directory);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function keepFormat(directory: string): void {
  const found = read(join(directory, fileName));
  if (found === undefined) write(directory);
  else if (found !== String(format)) {
    throw new Error(
      `it has the format ${JSON.stringify(found)}, and this version of Sluice knows ${format} alone. ` +
        "Install the version that wrote it, or a newer one, or give another path; nothing was changed",
    );
  }
}

/** At most 20 characters; undefined where there is no such file, as in what 0.2.0 wrote first, and in a torn one. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim().slice(0, 20) || undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A full disk keeps nobody from delivering what is there: without the file the format is the first one. */
function write(directory: string): void {
  try {
    writeFileSync(join(directory, fileName), `${format}\n`, { mode: 0o600, flush: true });
    const opened = openSync(directory, "r");
    fsyncSync(opened);
    closeSync(opened);
  } catch {
    return;
  }
}
