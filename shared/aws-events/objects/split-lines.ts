import { OpenPiece, type Piece, type Splitter, type SplitterOptions } from "./splitter.ts";

const lineFeed = 0x0a;
const noBytes = Buffer.alloc(0);

/** Cuts text into lines, without `\n` or `\r\n`. Empty lines are pieces as well; a last line needs no end. */
export function splitLines({ offset, maxBytes }: SplitterOptions): Splitter {
  const open = new OpenPiece(maxBytes + 1);
  let lineStart = offset;
  let at = offset;

  function lineOf(piece: Piece): Piece {
    if (piece.kind === "too-large") return piece;
    const text = piece.text.endsWith("\r") ? piece.text.slice(0, -1) : piece.text;
    return { ...piece, text: piece.start === 0 && text.startsWith("\ufeff") ? text.slice(1) : text };
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const pieces: Piece[] = [];
      let from = 0;
      for (let to = bytes.indexOf(lineFeed); to >= 0; to = bytes.indexOf(lineFeed, from)) {
        const end = at + to + 1;
        pieces.push(lineOf(open.close(bytes, { from, to }, { start: lineStart, end })));
        from = to + 1;
        lineStart = end;
      }
      open.add(bytes, from, bytes.length);
      at += bytes.length;
      return pieces;
    },
    end() {
      if (at === lineStart) return { pieces: [] };
      return { pieces: [lineOf(open.close(noBytes, { from: 0, to: 0 }, { start: lineStart, end: at }))] };
    },
  };
}
