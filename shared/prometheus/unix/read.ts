import { type FileTree, ReadError } from "./host.ts";

/** A number of a file of the kernel; throws when the text is not one, which fails the collector. */
export function parseNumber(text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}

/** The trimmed text of a file, undefined when it is not there. */
export function readText(tree: FileTree, path: string): string | undefined {
  return tree.read(path)?.trim();
}

/** The trimmed text of a file, undefined when it is not there or its driver refuses to be read. */
export function tryText(tree: FileTree, path: string): string | undefined {
  try {
    return tree.read(path)?.trim();
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}

/** The number that a file holds, undefined when it is not there. */
export function readNumber(tree: FileTree, path: string): number | undefined {
  const text = readText(tree, path);
  return text === undefined ? undefined : parseNumber(text);
}

/** The number that a file holds, undefined when it is not there, not readable or not a number. */
export function tryNumber(tree: FileTree, path: string): number | undefined {
  const text = tryText(tree, path);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** The number that a file must hold; throws when it is not there. */
export function needNumber(tree: FileTree, path: string): number {
  const value = readNumber(tree, path);
  if (value === undefined) throw new Error(`${tree.root}/${path} is missing`);
  return value;
}

/** The text that a file must hold; throws when it is not there. */
export function needText(tree: FileTree, path: string): string {
  const text = tree.read(path);
  if (text === undefined) throw new Error(`${tree.root}/${path} is missing`);
  return text;
}

/** The lines of a text that are not empty. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** The words of a line, between blanks and tabs. */
export function words(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === "" ? [] : trimmed.split(/\s+/);
}

/** The names in a directory that are `prefix` and a number, such as cpu0. */
export function numbered(tree: FileTree, directory: string, prefix: string): string[] {
  const names = tree.list(directory) ?? [];
  return names.filter((name) => name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length)));
}
