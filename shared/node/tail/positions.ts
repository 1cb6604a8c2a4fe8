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
  /** Device and inode, to find the file again under another name. */
  readonly file?: string;
}

/** The positions of one component, by path and labels. */
export interface Positions {
  /** `labels` as text (`{job="x"}`), without `filename`. */
  get(path: string, labels: string): Position | undefined;
  set(path: string, labels: string, position: Position): void;
  delete(path: string, labels: string): void;
  /** Writes them where they have changed; the file is whole at any moment. */
  save(): Promise<void>;
}

interface Stored {
  readonly version: 1;
  readonly positions: readonly (Position & { readonly path: string; readonly labels: string })[];
}

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
  let isChanged = false;
  let saving: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (!isChanged) return;
    isChanged = false;
    try {
      await replaceFile(join(directory, fileName), serialise(known));
    } catch (error) {
      isChanged = true;
      throw error;
    }
  }

  return {
    get: (path, labels) => known.get(key(path, labels)),
    set(path, labels, position) {
      known.set(key(path, labels), position);
      isChanged = true;
    },
    delete(path, labels) {
      if (known.delete(key(path, labels))) isChanged = true;
    },
    save() {
      saving = saving.then(write, write);
      return saving;
    },
  };
}

function key(path: string, labels: string): string {
  return `${path}\0${labels}`;
}

function serialise(known: ReadonlyMap<string, Position>): string {
  const positions = [...known].map(([id, position]) => {
    const [path = "", labels = ""] = id.split("\0");
    return { path, labels, ...position };
  });
  return `${JSON.stringify({ version: 1, positions } satisfies Stored)}\n`;
}

async function readOwn(file: string): Promise<Map<string, Position> | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    const { positions } = JSON.parse(text) as Stored;
    return new Map(positions.map(({ path, labels, ...position }) => [key(path, labels), checked(position)]));
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
    return new Map(parsed.map(({ path, labels, offset }) => [key(path, labels), { offset }]));
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
