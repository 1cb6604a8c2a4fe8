import { fileAt } from "./open-file.ts";

/** A file that is read, by its identity and the labels of its lines. */
export interface ReadFile {
  readonly labels: string;
  readonly id: string;
  /** The path of the target for which it is read. */
  readonly path: string;
  /** Who reads it, by identity. */
  readonly reader: object;
}

/** Which files are read at present: a file that rotation has renamed may be found again, under its new name, by the same glob. */
export interface Readers {
  /** Returns what takes it off. */
  add(file: ReadFile): () => void;
  /** Whether another reader has it. */
  isReadElsewhere(file: ReadFile): boolean;
  /** Whether another one still reads it who will not go on with it: whoever finds the file at `path` waits. */
  isReadUnderOldName(file: ReadFile): boolean;
}

/** No file is read. */
export function createReaders(): Readers {
  const files = new Map<string, readonly ReadFile[]>();

  const others = ({ labels, id, reader }: ReadFile) =>
    (files.get(`${labels}\0${id}`) ?? []).filter((each) => each.reader !== reader);

  return {
    add(file) {
      const key = `${file.labels}\0${file.id}`;
      files.set(key, [...(files.get(key) ?? []), file]);
      return () => {
        const left = (files.get(key) ?? []).filter((each) => each !== file);
        if (left.length === 0) files.delete(key);
        else files.set(key, left);
      };
    },
    isReadElsewhere: (file) => others(file).length > 0,
    // Who reads it for the same path is about to leave, or there would be no one else.
    isReadUnderOldName: (file) => others(file).some(({ path }) => path === file.path || fileAt(path) !== file.id),
  };
}
