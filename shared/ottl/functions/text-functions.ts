import { ListValue } from "../../edit/any-value.ts";
import { isContinuation, textOf, utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { goFormat } from "./go-format.ts";
import { toCamelCase, toLowerCase, toSnakeCase, toUpperCase } from "./letter-case.ts";
import { textConverter } from "./text-converter.ts";

const cases: Readonly<Record<string, (text: string) => string>> = {
  lower: toLowerCase,
  upper: toUpperCase,
  snake: toSnakeCase,
  camel: toCamelCase,
};

/** Converters of text into text. */
export const textConverters: readonly Converter[] = [
  {
    name: "Concat",
    parameters: ["vals", "delimiter"],
    build: (args) => {
      const values = args.likes("vals");
      const delimiter = args.string("delimiter");
      return (frame) => values.map((value) => value(frame) ?? "<nil>").join(delimiter(frame));
    },
  },
  {
    name: "Split",
    parameters: ["target", "delimiter"],
    build: (args) => {
      const target = args.string("target");
      const delimiter = args.string("delimiter");
      return (frame) => {
        const [text, by] = [target(frame), delimiter(frame)];
        return new ListValue(by === "" ? [...text] : text.split(by));
      };
    },
  },
  {
    name: "Substring",
    parameters: ["target", "start", "length", "utf8_safe?"],
    build: (args) => {
      const target = args.string("target");
      const start = args.int("start");
      const length = args.int("length");
      const isSafe = args.has("utf8_safe") && args.literalBool("utf8_safe");
      return (frame) => substring(utf8(target(frame)), { start: start(frame), length: length(frame), isSafe });
    },
  },
  {
    name: "ConvertCase",
    parameters: ["target", "to_case"],
    build: (args) => {
      const target = args.string("target");
      const name = args.literalString("to_case");
      const convert = Object.hasOwn(cases, name) ? cases[name] : undefined;
      if (!convert) throw args.problem(`invalid case: ${name}, allowed cases are: lower, upper, snake, camel`);
      return (frame) => convert(target(frame));
    },
  },
  textConverter("ToLowerCase", toLowerCase),
  textConverter("ToUpperCase", toUpperCase),
  textConverter("ToSnakeCase", toSnakeCase),
  textConverter("ToCamelCase", toCamelCase),
  {
    name: "Trim",
    parameters: ["target", "replacement?"],
    build: (args) => {
      const target = args.string("target");
      const cut = new Set(args.has("replacement") ? args.literalString("replacement") : " ");
      return (frame) => trim([...target(frame)], cut);
    },
  },
  pairConverter("TrimPrefix", "prefix", (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  pairConverter("TrimSuffix", "suffix", (text, suffix) =>
    suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  pairConverter("HasPrefix", "prefix", (text, prefix) => text.startsWith(prefix)),
  pairConverter("HasSuffix", "suffix", (text, suffix) => text.endsWith(suffix)),
  {
    name: "IsMatch",
    parameters: ["target", "pattern"],
    build: (args) => {
      const target = args.like("target");
      const pattern = args.pattern("pattern");
      return (frame) => {
        const re2 = pattern(frame);
        const text = target(frame);
        return text !== null && re2.test(text);
      };
    },
  },
  {
    name: "Format",
    parameters: ["format", "vals"],
    build: (args) => {
      const format = args.literalString("format");
      const values = args.expressions("vals");
      return (frame) =>
        goFormat(
          format,
          values.map(({ get }) => get(frame)),
        );
    },
  },
];

function pairConverter(name: string, second: string, convert: (a: string, b: string) => string | boolean): Converter {
  return {
    name,
    parameters: ["target", second],
    build: (args) => {
      const a = args.string("target");
      const b = args.string(second);
      return (frame) => convert(a(frame), b(frame));
    },
  };
}

/** Positions are of bytes; a safe one moves the start on and the end back to where a character begins. */
function substring(bytes: Uint8Array, options: { start: bigint; length: bigint; isSafe: boolean }): string {
  const { start, length, isSafe } = options;
  if (start < 0n) throw new Failure(`invalid start for substring function, ${start} cannot be negative`);
  if (length <= 0n) throw new Failure(`invalid length for substring function, ${length} cannot be negative or zero`);
  if (start + length > BigInt(bytes.length)) {
    throw new Failure(
      `invalid range for substring function, start(${start})+length(${length}) cannot be greater than the length of target string(${bytes.length})`,
    );
  }
  let from = Number(start);
  let to = Number(start + length);
  if (isSafe) {
    while (from < to && isContinuation(bytes[from])) from++;
    while (to > from && isContinuation(bytes[to])) to--;
  }
  return textOf(bytes, from, to);
}

function trim(characters: readonly string[], cut: ReadonlySet<string>): string {
  let from = 0;
  let to = characters.length;
  while (from < to && cut.has(characters[from] as string)) from++;
  while (to > from && cut.has(characters[to - 1] as string)) to--;
  return characters.slice(from, to).join("");
}
