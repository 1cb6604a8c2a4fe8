import { parseEquation } from "./parse-equation.ts";
import type { Fragment, Path } from "./path.ts";
import type { PathReader } from "./path-reader.ts";

const maxFragments = 1_000;
/** What a name without quotes may hold: everything from U+0080 on, too. */
const inName = /[#%0-9;?A-Z^_a-z{|}~\u0080-\uffff]/;

/** Reads a path up to where none goes on, as `ojg` does, which Alloy uses. Throws a `Mismatch`. */
export function parsePath(reader: PathReader): Path {
  const path: Fragment[] = [];
  for (;;) {
    const fragment = nextFragment(reader, path);
    if (!fragment) return path;
    if (path.length === maxFragments) throw reader.fail();
    path.push(fragment);
  }
}

function nextFragment(reader: PathReader, before: Path): Fragment | undefined {
  const isFirst = before.length === 0;
  const character = reader.next();
  switch (character) {
    case "":
      reader.at--;
      return undefined;
    case "$":
      return isFirst ? { kind: "root" } : undefined;
    case "@":
      return isFirst ? { kind: "self" } : undefined;
    case ".":
      return afterDot(reader);
    case "*":
      return { kind: "every" };
    case "[":
      return afterBracket(reader);
  }
  reader.at--;
  const isName = inName.test(character) && (isFirst || before.at(-1)?.kind === "descent");
  return isName ? { kind: "child", name: nameOf(reader) } : undefined;
}

function afterDot(reader: PathReader): Fragment {
  const character = reader.next();
  if (character === "*") return { kind: "every" };
  if (character === ".") return { kind: "descent" };
  if (!inName.test(character)) throw reader.fail();
  reader.at--;
  return { kind: "child", name: nameOf(reader) };
}

function nameOf(reader: PathReader): string {
  const start = reader.at;
  while (!reader.ended && inName.test(reader.peek())) reader.at++;
  return reader.text.slice(start, reader.at);
}

function afterBracket(reader: PathReader): Fragment {
  const character = reader.nextBehindBlanks();
  switch (character) {
    case "*":
      if (reader.nextBehindBlanks() !== "]") throw reader.fail();
      return { kind: "every" };
    case "'":
    case '"': {
      const name = reader.quoted(character);
      const follows = reader.nextBehindBlanks();
      if (follows === "]") return { kind: "child", name };
      if (follows === ",") return union(reader, name);
      throw reader.fail();
    }
    case ":":
      return slice(reader, undefined);
    case "?": {
      const test = parseEquation(reader, parsePath);
      if (reader.nextBehindBlanks() !== "]") throw reader.fail();
      return { kind: "filter", test };
    }
  }
  if (!/[-0-9]/.test(character)) throw reader.fail();
  const { number, follows } = reader.wholeNumber(character);
  const end = follows === " " ? reader.nextBehindBlanks() : follows;
  if (end === "]") return { kind: "nth", index: number };
  if (end === ",") return union(reader, number);
  if (end === ":") return slice(reader, number);
  throw reader.fail();
}

function union(reader: PathReader, first: string | number): Fragment {
  const members: (string | number)[] = [first];
  let follows = ",";
  while (follows === ",") {
    const character = reader.nextBehindBlanks();
    if (character === "'" || character === '"') {
      members.push(reader.quoted(character));
      follows = reader.nextBehindBlanks();
    } else if (/[-0-9]/.test(character)) {
      const whole = reader.wholeNumber(character);
      members.push(whole.number);
      follows = whole.follows === " " ? reader.nextBehindBlanks() : whole.follows;
    } else throw reader.fail();
  }
  if (follows !== "]") throw reader.fail();
  return { kind: "union", members };
}

function slice(reader: PathReader, start: number | undefined): Fragment {
  if (reader.peek() === "]") {
    reader.at++;
    return { kind: "slice", numbers: [start] };
  }
  let end: number | undefined;
  let step: number | undefined;
  let follows = reader.nextBehindBlanks();
  if (follows !== ":") ({ number: end, follows } = reader.wholeNumber(follows));
  if (follows === ":") {
    follows = reader.next();
    if (follows !== "]") ({ number: step, follows } = reader.wholeNumber(follows));
  }
  if (follows !== "]") throw reader.fail();
  return { kind: "slice", numbers: [start, end, step] };
}
