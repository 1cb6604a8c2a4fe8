const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Where a column of a line of the old text is in the new one; both count from 0, in UTF-16. */
export type ColumnOf = (line: number, column: number) => number;

/** A source map (ECMA-426) for a text whose parts have moved within their lines: only the first number of each mapping changes. */
export function shiftMap(map: string, columnOf: ColumnOf): string {
  const parsed: { readonly mappings: string } = JSON.parse(map);
  const lines = parsed.mappings.split(";").map((line, number) => shiftLine(line, (column) => columnOf(number, column)));
  return JSON.stringify({ ...parsed, mappings: lines.join(";") });
}

function shiftLine(line: string, columnOf: (column: number) => number): string {
  let column = 0;
  let written = 0;
  const segments = line.split(",").map((segment) => {
    if (segment === "") return segment;
    const { value, length } = readNumber(segment);
    column += value;
    const moved = columnOf(column);
    const text = writeNumber(moved - written) + segment.slice(length);
    written = moved;
    return text;
  });
  return segments.join(",");
}

/** Five bits a digit, the lowest first; the sign is the lowest bit of all. */
function readNumber(segment: string): { readonly value: number; readonly length: number } {
  let bits = 0;
  let length = 0;
  for (let digit = 32; digit & 32; length++) {
    digit = digits.indexOf(segment.charAt(length));
    bits |= (digit & 31) << (5 * length);
  }
  return { value: bits & 1 ? -(bits >>> 1) : bits >>> 1, length };
}

function writeNumber(value: number): string {
  let bits = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = bits & 31;
    bits >>>= 5;
    text += digits.charAt(bits > 0 ? digit | 32 : digit);
  } while (bits > 0);
  return text;
}
