import type { OpenFile } from "./open-file.ts";

/** How long a replaced file is read on while its successor is empty, and behind the switch to it: writers change over late. */
export const lateWriterMs = 5_000;

/** Files that were replaced and are read on for a while. */
export interface LateFiles {
  readonly isEmpty: boolean;
  readonly files: readonly OpenFile[];
  /** `closed` runs when it is read no more. */
  add(file: OpenFile, nowMs: number, closed: () => void): void;
  /** Closes those whose time is over. */
  closeOld(nowMs: number): void;
  close(): void;
}

interface Late {
  readonly file: OpenFile;
  readonly untilMs: number;
  readonly closed: () => void;
}

/** None. */
export function createLateFiles(): LateFiles {
  let all: readonly Late[] = [];

  function closeWhere(isOver: (each: Late) => boolean): void {
    for (const each of all) {
      if (!isOver(each)) continue;
      each.file.close();
      each.closed();
    }
    all = all.filter((each) => !isOver(each));
  }

  return {
    get isEmpty() {
      return all.length === 0;
    },
    get files() {
      return all.map(({ file }) => file);
    },
    add(file, nowMs, closed) {
      all = [...all, { file, untilMs: nowMs + lateWriterMs, closed }];
    },
    closeOld: (nowMs) => closeWhere(({ untilMs }) => untilMs < nowMs),
    close: () => closeWhere(() => true),
  };
}
