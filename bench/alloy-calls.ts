import { float, int, uint, type Value } from "../shared/alloy/value.ts";
import type { Random } from "../shared/clock.ts";
import type { LibraryCall } from "../test/support/alloy/library-call.ts";
import pieces from "./alloy-pieces.json" with { type: "json" };

const { texts, jsonPieces, yamlPieces, yamlScalars, base64Pieces, escapePieces } = pieces;
const { durationPieces, sizePieces, floatPieces } = pieces;

/** A call by chance, of a text that is nearly right as a rule. `only`: always this function. */
export function arbitraryCall(random: Random, only: string | undefined): LibraryCall {
  const names = Object.keys(makers);
  const call = only ?? one(random, names);
  return { call, args: makers[call]?.(random) ?? [] };
}

const makers: Readonly<Record<string, (random: Random) => readonly Value[]>> = {
  format: (random) => [
    many(random, 5, () => (random() < 0.7 ? directive(random) : one(random, texts))),
    ...list(random, 4, () => value(random, 2)),
  ],
  replace: (random) => [word(random), one(random, texts), one(random, texts)],
  split: (random) => [word(random), one(random, texts)],
  to_lower: (random) => [word(random)],
  to_upper: (random) => [word(random)],
  trim: (random) => [word(random), many(random, 2, () => one(random, texts))],
  trim_prefix: (random) => [word(random), one(random, texts)],
  trim_suffix: (random) => [word(random), one(random, texts)],
  trim_space: (random) => [word(random)],
  path_join: (random) =>
    list(random, 4, () => many(random, 4, () => one(random, ["a", "b", ".", "..", "/", "//", ""]))),
  from_json: (random) => [mutated(random, json(random, 3), jsonPieces)],
  from_yaml: (random) => [random() < 0.3 ? many(random, 6, () => one(random, yamlPieces)) : yaml(random, 2, "")],
  to_json: (random) => [new Map(list(random, 4, () => [word(random).toWellFormed(), value(random, 2)] as const))],
  from_base64: (random) => [many(random, 8, () => one(random, base64Pieces))],
  from_URLbase64: (random) => [many(random, 8, () => one(random, base64Pieces))],
  to_base64: (random) => [word(random)],
  to_URLbase64: (random) => [word(random)],
  url_encode: (random) => [word(random)],
  url_decode: (random) => [many(random, 6, () => one(random, [...texts, "%41", "%c3", "%", "%zz", "%4", "+", "%20"]))],
  json_path: (random) => [
    random() < 0.8 ? json(random, 4) : mutated(random, json(random, 2), jsonPieces),
    `${one(random, ["$", "$", "$", "@", ""])}${many(random, 4, () => step(random))}`,
  ],
  unquote: (random) => [`"${many(random, 6, () => one(random, escapePieces))}"`],
  duration: (random) => [many(random, 5, () => one(random, durationPieces))],
  size: (random) => [many(random, 4, () => one(random, sizePieces))],
  size_text: (random) => [
    String(Math.trunc((random() * 2 - 1) * 1024 ** Math.floor(random() * 3)) * one(random, [1, 1, 1024, 1024 ** 2])),
  ],
  float: (random) => [many(random, 5, () => one(random, floatPieces))],
};

const names = ["a", "b", "c", "a b", "é", "length", "0"];

function step(random: Random): string {
  const number = () => String(Math.floor(random() * 7) - 3);
  const maybe = () => (random() < 0.4 ? "" : number());
  return one<() => string>(random, [
    () => `.${one(random, names)}`,
    () => `.${one(random, names)}`,
    () => `['${one(random, names)}']`,
    () => `["${one(random, names)}"]`,
    () => `['${one(random, names)}','${one(random, names)}']`,
    () => `[${number()}]`,
    () => `[${number()},${number()}]`,
    () => `[${maybe()}:${maybe()}]`,
    () => `[${maybe()}:${maybe()}:${maybe()}]`,
    () => "[*]",
    () => ".*",
    () => "..",
    () => `..${one(random, names)}`,
    () => "..*",
    () =>
      `[?(@.${one(random, names)} ${one(random, ["==", "!=", "<", ">", "<=", ">="])} ${one(random, ["1", "'x'", "true", "null", '"a"'])})]`,
    () => `[?(@.${one(random, names)})]`,
    () => `[?(@.a ${one(random, ["&&", "||"])} @.b == 1)]`,
    () => `[?(${equation(random, 3)})]`,
    () => `[?${equation(random, 2)}]`,
    () => one(random, [" ", "[", "]", "(", "'", ".", "[(@.length-1)]", "[0", "[]", "$"]),
  ])();
}

function equation(random: Random, depth: number): string {
  const operand = () =>
    one<() => string>(random, [
      () => `@.${one(random, names)}`,
      () => `@.${one(random, names)}`,
      () => one(random, ["@", "@.*", "@..a", "@.a.b", "@[0]", "$", "$.a", "$[0].a"]),
      () =>
        one(random, [
          "1",
          "0",
          "1.5",
          "-1",
          "1e3",
          "'x'",
          '"a"',
          "true",
          "false",
          "null",
          "Nothing",
          "[1,'x']",
          "/^[ax]/",
          "'^a'",
        ]),
      () => `${one(random, ["length", "count"])}(@.${one(random, names)})`,
      () => `${one(random, ["match", "search"])}(@.a, 'x|a')`,
    ])();
  if (depth === 0 || random() < 0.3) return operand();
  const [left, right] = [equation(random, depth - 1), equation(random, depth - 1)];
  if (random() < 0.2) return `(${left})`;
  if (random() < 0.1) return `!${left}`;
  const operation = one(random, [
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&&",
    "||",
    "+",
    "-",
    "*",
    "/",
    "in",
    "empty",
    "has",
    "exists",
    "=~",
    "~=",
  ]);
  return random() < 0.9 ? `${left} ${operation} ${right}` : `${left}${operation}${right}`;
}

function yaml(random: Random, depth: number, indent: string): string {
  const scalars = yamlPieces.filter((piece) => !/[:\n]|^[-#]|^[*&<]/.test(piece.trim()));
  const scalar = () =>
    `${one(random, ["", "", "", "", "!!str ", "!!int ", "!!float ", "! ", "&x ", "!!bool ", "!!null ", "!!binary ", "!x "])}${one(random, [...scalars, ...scalars, ...yamlScalars])}`;
  if (depth === 0 || random() < 0.15) return `${scalar()}\n`;
  const inner = () => (random() < 0.6 ? `${scalar()}\n` : `\n${indent}  ${yaml(random, depth - 1, `${indent}  `)}`);
  if (random() < 0.4) return Array.from({ length: 1 + Math.floor(random() * 3) }, () => `- ${inner()}`).join(indent);
  return Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => `${one(random, ["a", "b", "c", "<<", '"q"', "1", "true", `? d\n${indent}`, "x y", "&y k"])}: ${inner()}`,
  ).join(indent);
}

function json(random: Random, depth: number): string {
  const leaf = [
    "1",
    "1.5",
    "-0",
    "0",
    "1e3",
    "9007199254740993",
    "18446744073709551616",
    '"x"',
    '"a"',
    "true",
    "false",
    "null",
    '"é"',
    "1.0",
  ];
  if (depth === 0 || random() < 0.2) return one(random, leaf);
  if (random() < 0.45) return `[${list(random, 4, () => json(random, depth - 1)).join(",")}]`;
  return `{${list(random, 4, () => `"${one(random, names)}":${json(random, depth - 1)}`).join(",")}}`;
}

function mutated(random: Random, given: string, pieces: readonly string[]): string {
  let text = given;
  for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
    const at = Math.floor(random() * (text.length + 1));
    text = text.slice(0, at) + one(random, pieces) + text.slice(at + (random() < 0.5 ? Math.floor(random() * 3) : 0));
  }
  return text;
}

function directive(random: Random): string {
  const flags = many(random, 2, () => one(random, ["+", "-", "#", " ", "0"]));
  const size = () => one(random, ["", "", "", "1", "5", "12", "*", "[1]", "[2]*", "[9]", "[x]", "[]"]);
  const precision = random() < 0.3 ? `.${size()}` : "";
  const index = random() < 0.1 ? one(random, ["[1]", "[2]", "[0]", "[", "[1"]) : "";
  return `%${random() < 0.6 ? "" : flags}${random() < 0.6 ? "" : size()}${precision}${index}${one(random, [..."vvsdqxXtfFgGeEbcoOUT%wzé!"])}`;
}

function value(random: Random, depth: number): Value {
  const kind = Math.floor(random() * (depth > 0 ? 9 : 7));
  if (kind === 0) return one(random, [null, true, false]);
  if (kind === 1)
    return int(
      one(random, [0n, 1n, -1n, 42n, 233n, 0x1f600n, -9223372036854775808n, 9223372036854775807n, 0xd800n, 0x110000n]),
    );
  if (kind === 2) return uint(one(random, [9223372036854775808n, 18446744073709551615n]));
  if (kind === 3 || kind === 4)
    return float(
      one(random, [
        0,
        -0,
        0.5,
        1,
        1.5,
        -2.345,
        100,
        123456,
        1234567,
        1e20,
        1e21,
        1e22,
        1.5e-5,
        0.0001,
        1e-7,
        1e100,
        1.7976931348623157e308,
        5e-324,
        2 ** 53,
        0.1 + 0.2,
        Infinity,
        -Infinity,
        NaN,
      ]),
    );
  if (kind < 7) return word(random);
  if (kind === 7) return list(random, 3, () => value(random, depth - 1));
  return new Map(list(random, 3, () => [one(random, names), value(random, depth - 1)] as const));
}

function word(random: Random): string {
  // Through bytes, so that halves of a letter become the letter.
  return many(random, 6, () => one(random, texts));
}

function many(random: Random, most: number, make: () => string): string {
  return list(random, most, make).join("");
}

function list<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}

function one<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}
