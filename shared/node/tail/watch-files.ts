import { type FSWatcher, realpathSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Tells which files may have changed, where the kernel tells: not on network file systems, and not when there are too many events. */
export interface FileWatch {
  /** Watches these files and no others. */
  setPaths(paths: Iterable<string>): void;
  /** Watches directories again that were left alone for a while. */
  tend(nowMs: number): void;
  close(): void;
}

export interface FileWatchOptions {
  /** Called with the path as it was given; often, and at times for nothing. */
  changed(path: string): void;
  readonly now: () => number;
}

interface Directory {
  watcher: FSWatcher | undefined;
  /** Paths by the name in this directory that they lead to. */
  names: Map<string, string[]>;
  /** Left alone until then: polling is cheaper, or it cannot be watched. */
  pausedUntilMs: number;
}

const maxDirectories = 4_096;
/** Of all directories together; with more, looking at files now and then is cheaper. */
const maxEventsPerSecond = 5_000;
const windowMs = 1_000;
const pauseMs = 5_000;
/** Where links lead is looked up this often; until then, polling finds what has changed behind them. */
const refreshMs = 60_000;

/** A watch without files: one of the kernel's watches for each directory. */
export function createFileWatch({ changed, now }: FileWatchOptions): FileWatch {
  const directories = new Map<string, Directory>();
  let watched: ReadonlySet<string> = new Set();
  let refreshedMs = Number.NEGATIVE_INFINITY;
  let events = 0;
  let sinceMs = 0;

  function happened(directory: Directory, name: string | null): void {
    for (const path of directory.names.get(name ?? "") ?? []) changed(path);
    events += 1;
    if (events <= maxEventsPerSecond) return;
    const nowMs = now();
    if (nowMs - sinceMs < windowMs) for (const each of directories.values()) leave(each, nowMs);
    events = 0;
    sinceMs = nowMs;
  }

  function leave(directory: Directory, nowMs: number): void {
    directory.watcher?.close();
    directory.watcher = undefined;
    directory.pausedUntilMs = nowMs + pauseMs;
  }

  function open(path: string, directory: Directory): void {
    try {
      const watcher = watch(path, { persistent: false }, (_kind, name) => happened(directory, name));
      watcher.on("error", () => leave(directory, now()));
      directory.watcher = watcher;
      // What happened before the watch began is not told.
      for (const paths of directory.names.values()) for (const each of paths) changed(each);
    } catch {
      leave(directory, now());
    }
  }

  function tend(nowMs: number): void {
    for (const [path, directory] of directories) {
      if (directory.watcher === undefined && nowMs >= directory.pausedUntilMs) open(path, directory);
    }
  }

  return {
    setPaths(paths) {
      const given = new Set(paths);
      const isFresh = now() - refreshedMs < refreshMs;
      if (isFresh && given.size === watched.size && [...given].every((path) => watched.has(path))) return tend(now());
      watched = given;
      refreshedMs = now();
      const wanted = namesOf(given);
      for (const [path, { watcher }] of directories) {
        if (wanted.has(path)) continue;
        watcher?.close();
        directories.delete(path);
      }
      for (const [path, names] of wanted) {
        const known = directories.get(path);
        if (known !== undefined) known.names = names;
        else if (directories.size < maxDirectories) {
          directories.set(path, { watcher: undefined, names, pausedUntilMs: 0 });
        }
      }
      tend(now());
    },
    tend,
    close() {
      for (const { watcher } of directories.values()) watcher?.close();
      directories.clear();
    },
  };
}

/** Names by directory: where a path stands, and where it leads to when it is a link. */
function namesOf(paths: Iterable<string>): Map<string, Map<string, string[]>> {
  const found = new Map<string, Map<string, string[]>>();
  function put(directory: string, name: string, path: string): void {
    const names = found.get(directory) ?? new Map<string, string[]>();
    found.set(directory, names);
    const same = names.get(name);
    if (same === undefined) names.set(name, [path]);
    else if (!same.includes(path)) same.push(path);
  }
  for (const path of paths) {
    put(dirname(path), basename(path), path);
    const real = realPath(path);
    if (real !== path) put(dirname(real), basename(real), path);
  }
  return found;
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return join(path);
  }
}
