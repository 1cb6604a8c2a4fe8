import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorText } from "../../error-text.ts";
import { parseAlloyPositions } from "./alloy-positions.ts";
import type { Signature } from "./signature.ts";

/** How far a file has been read and its lines are durable. */
export interface Position {
  /** Offset behind the last line, in bytes; of a compressed file, decompressed ones. */
  readonly offset: number;
  readonly signature?: Signature;
  /** Identity, to find the file again under another name. */
  readonly file?: string;
  /** When the last line was read, in milliseconds since 1970. */
  readonly readMs?: number;
}

/** The positions of one component, by path and labels. */
export interface Positions {
  /** `labels` as text (`{job="x"}`), without `filename`. */
  get(path: string, labels: string): Position | undefined;
  set(path: string, labels: string, position: Position): void;
  delete(path: string, labels: string): void;
  /** Of a file that was read with these labels, whatever its name; of files that have left their paths the newest thousand are known. */
  ofFile(labels: string, file: string): Position | undefined;
  /** For `ofFile` alone. */
  setOfFile(labels: string, position: Position): void;
  /** Calls `changed` once when they are not as they were saved, which may be now; whoever asked before is not called. */
  whenChanged(changed: () => void): void;
  /** Writes them where they have changed; the file is whole at any moment. */
  save(): Promise<void>;
}

interface Stored {
  readonly version: 1;
  readonly positions: readonly (Position & { readonly path: string; readonly labels: string })[];
}

const maxOldFiles = 1_000;
const noPath = "";
const fileName = "positions.json";
const alloyFileName = "positions.yml";

/** What a file of positions that cannot be read says. */
export class PositionsUnreadable extends Error {}

/**
 * Opens the positions in a directory. Where there are none of ours, Alloy's `positions.yml` is read, from the directory or `legacyFile`.
 * With `ignoreOld` none are read at all. Rejects with `PositionsUnreadable`.
 */
export async function openPositions(
  directory: string,
  legacyFile?: string,
  { ignoreOld = false }: { readonly ignoreOld?: boolean } = {},
): Promise<Positions> {
  const known = ignoreOld
    ? new Map<string, Position>()
    : ((await readOwn(join(directory, fileName))) ?? (await readAlloy(directory, legacyFile)));
  /** Of the files at their paths, and of those that have left theirs. */
  const current = new Map<string, Position>();
  const old = new Map<string, Position>();
  let isChanged = false;
  let changed = () => {};
  for (const [id, position] of known) {
    const [path, labels = ""] = id.split("\0");
    if (path !== noPath) current.set(key(labels, position.file ?? ""), position);
    else {
      known.delete(id);
      setOfFile(labels, position);
    }
  }
  let saving: Promise<void> = Promise.resolve();

  function setOfFile(labels: string, position: Position): void {
    if (position.file === undefined) return;
    const id = key(labels, position.file);
    old.delete(id);
    old.set(id, position);
    const [oldest] = old.size > maxOldFiles ? old.keys() : [];
    if (oldest !== undefined) old.delete(oldest);
    change();
  }

  function change(): void {
    if (isChanged) return;
    isChanged = true;
    changed();
  }

  /** Forgets what the path led to before. */
  function leave(path: string, labels: string): Position | undefined {
    const before = known.get(key(path, labels));
    if (before?.file !== undefined) current.delete(key(labels, before.file));
    return before;
  }

  async function write(): Promise<void> {
    if (!isChanged) return;
    isChanged = false;
    try {
      await replaceFile(join(directory, fileName), serialise(known, old));
    } catch (error) {
      change();
      throw error;
    }
  }

  return {
    ofFile: (labels, file) => current.get(key(labels, file)) ?? old.get(key(labels, file)),
    setOfFile,
    get: (path, labels) => known.get(key(path, labels)),
    set(path, labels, position) {
      leave(path, labels);
      known.set(key(path, labels), position);
      if (position.file !== undefined) current.set(key(labels, position.file), position);
      change();
    },
    delete(path, labels) {
      const before = leave(path, labels);
      if (before === undefined) return;
      known.delete(key(path, labels));
      old.delete(key(labels, before.file ?? ""));
      change();
    },
    whenChanged(tell) {
      changed = tell;
      if (isChanged) tell();
    },
    save() {
      saving = saving.then(write, write);
      return saving;
    },
  };
}

function key(first: string, second: string): string {
  return `${first}\0${second}`;
}

/** Files that have left their paths come behind the others, without one. */
function serialise(known: ReadonlyMap<string, Position>, old: ReadonlyMap<string, Position>): string {
  const positions = [...known].map(([id, position]) => {
    const [path = "", labels = ""] = id.split("\0");
    return { path, labels, ...position };
  });
  const without = [...old].map(([id, position]) => ({ path: noPath, labels: id.split("\0")[0] ?? "", ...position }));
  return `${JSON.stringify({ version: 1, positions: [...positions, ...without] } satisfies Stored)}\n`;
}

async function readOwn(file: string): Promise<Map<string, Position> | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    const { positions } = JSON.parse(text) as Stored;
    return new Map(
      positions.map(({ path, labels, ...position }) => {
        const id = key(path, labels);
        return [path === noPath ? key(id, position.file ?? "") : id, checked(position)];
      }),
    );
  } catch (error) {
    throw new PositionsUnreadable(`${file} is not a file of positions: ${errorText(error)}`);
  }
}

function checked(position: Position): Position {
  if (!Number.isSafeInteger(position.offset) || position.offset < 0)
    throw new Error(`${position.offset} is not an offset`);
  return position;
}

async function readAlloy(directory: string, legacyFile: string | undefined): Promise<Map<string, Position>> {
  for (const file of [join(directory, alloyFileName), ...(legacyFile ? [legacyFile] : [])]) {
    const text = await readIfThere(file);
    if (text === undefined) continue;
    const parsed = parseAlloyPositions(text);
    if (parsed === undefined) throw new PositionsUnreadable(`${file} is not a file of positions`);
    // Of two for one container, the earlier one: nothing is skipped.
    const latestFirst = parsed.toSorted((one, other) => other.offset - one.offset);
    return new Map(
      latestFirst.map(({ path, labels, offset, cursor }) => {
        return [key(path, labels), { offset, ...(cursor !== undefined && { file: cursor }) }];
      }),
    );
  }
  return new Map();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new PositionsUnreadable(`${file} cannot be read: ${errorText(error)}`);
  }
}

/** Written beside it, flushed, and put in its place. */
async function replaceFile(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(`${file}.tmp`, "w", 0o600);
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
}
