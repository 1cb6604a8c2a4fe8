import { readFileSync } from "node:fs";

/** The text of a file. Throws the system's error. */
export type ReadText = (path: string) => string;

export interface TextFilesOptions {
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** How long a text is not read again; default 5 s. */
  readonly keepMs?: number;
}

const maxFiles = 256;

/**
 * Reads small files, such as certificates and tokens, again every few seconds, so that a file that is replaced is taken. While it cannot be
 * read, as in the middle of being replaced, its last text is.
 */
export function createTextFiles({ monotonic, keepMs = 5000 }: TextFilesOptions): ReadText {
  const known = new Map<string, { readonly text: string; readonly readAt: number }>();

  return function readText(path) {
    const before = known.get(path);
    const now = monotonic();
    if (before && now - before.readAt < keepMs) return before.text;
    try {
      const text = readFileSync(path, "utf8");
      if (known.size >= maxFiles) known.clear();
      known.set(path, { text, readAt: now });
      return text;
    } catch (error) {
      if (!before) throw error;
      known.set(path, { text: before.text, readAt: now });
      return before.text;
    }
  };
}
