import { type AnyValue, mapOf } from "../../edit/any-value.ts";
import { textOf, utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { decimalInt } from "../like.ts";
import { trimSpace } from "./go-space.ts";

/** `ParseCLF`: a line of the Common Log Format of web servers, or of the combined one. */
export const parseClf: Converter = {
  name: "ParseCLF",
  parameters: ["target", "format?"],
  build: (args) => {
    const target = args.string("target");
    const format = args.has("format") ? args.literalString("format") : "clf";
    if (format !== "clf" && format !== "combined")
      throw args.problem(`invalid format ${JSON.stringify(format)}: must be "clf" or "combined"`);
    return (frame) => {
      const text = target(frame);
      if (text === "") throw new Failure("cannot parse empty CLF message");
      return mapOf(lineOf(text, format));
    };
  },
};

function lineOf(text: string, format: "clf" | "combined"): Map<string, AnyValue> {
  const line = new Line(trimSpace(text), format);
  const found = new Map<string, AnyValue>();
  for (const name of ["remote_host", "rfc931", "auth_user"]) {
    found.set(`clf.${name}`, line.word());
    line.expect(" ");
  }
  found.set("clf.timestamp", line.bracketed());
  line.expect(" ");
  const request = unescaped(line.quoted());
  found.set("clf.request", request);
  const parts = /^([^ ]*) ([^ ]*) (.*)$/s.exec(request);
  for (const [index, name] of ["method", "request_uri", "protocol"].entries())
    if (parts) found.set(`clf.${name}`, parts[index + 1] as string);
  line.expect(" ");
  const status = line.word();
  line.expect(" ");
  const size = line.word();
  if (format === "combined") {
    for (const name of ["referer", "user_agent"]) {
      line.expect(" ");
      found.set(`clf.${name}`, unescaped(line.quoted()));
    }
  }
  line.end();
  found.set("clf.status", intOf(status, "status code"));
  if (size !== "-") found.set("clf.bytes", intOf(size, "bytes value"));
  return found;
}

function intOf(text: string, what: string): bigint {
  const int = decimalInt(text);
  if (int === undefined) throw new Failure(`invalid ${what} ${JSON.stringify(text)}`);
  return int;
}

/** Reads a line from left to right; fails where it goes another way than the format. */
class Line {
  private readonly text: string;
  private readonly format: string;
  private at = 0;

  constructor(text: string, format: string) {
    this.text = text;
    this.format = format;
  }

  expect(text: string): void {
    if (!this.text.startsWith(text, this.at)) throw this.failure();
    this.at += text.length;
  }

  word(): string {
    return this.until((character) => " \t\n\f\r".includes(character));
  }

  bracketed(): string {
    this.expect("[");
    const inner = this.until((character) => character === "]");
    this.expect("]");
    return inner;
  }

  /** What stands in quotes, its escapes untouched. */
  quoted(): string {
    this.expect('"');
    const from = this.at;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === '"') return this.text.slice(from, this.at++);
      if (character === "\\" && (++this.at >= this.text.length || this.text[this.at] === "\n")) break;
    }
    throw this.failure();
  }

  end(): void {
    if (this.at < this.text.length) throw this.failure();
  }

  private until(isEnd: (character: string) => boolean): string {
    const from = this.at;
    while (this.at < this.text.length && !isEnd(this.text[this.at] as string)) this.at++;
    if (this.at === from) throw this.failure();
    return this.text.slice(from, this.at);
  }

  private failure(): Failure {
    return new Failure(`invalid CLF message: does not match expected "${this.format}" format`);
  }
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  '"': '"',
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** Apache writes bytes that cannot be printed as `\xhh`; they may be parts of a character. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes = Buffer.from(utf8(text)).toString("latin1");
  const plain = bytes.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (all, hex?: string, letter?: string) =>
    hex === undefined ? (escapes[letter ?? ""] ?? all) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return textOf(Buffer.from(plain, "latin1"), 0, plain.length);
}
