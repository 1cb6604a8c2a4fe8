/** A place in a source: line and column count from 1, columns in bytes. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A file of the language and where its lines begin. Nodes of the tree hold byte offsets into it. */
export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  position(offset: number): Position;
}

/** A source by its name; positions count from 1, columns in bytes. */
export function createSource(name: string, content: Uint8Array | string): Source {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const starts = [0];
  for (let index = bytes.indexOf(newline); index >= 0; index = bytes.indexOf(newline, index + 1))
    starts.push(index + 1);

  return {
    name,
    bytes,
    position(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file: name, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

const newline = 0x0a;
