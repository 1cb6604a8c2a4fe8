import { Failure } from "../failure.ts";

/** A name with its prefix, "" where there is none. */
export interface XmlName {
  readonly prefix: string;
  readonly local: string;
}

/** What stands in an XML text, one after the other; text has its entities replaced. */
export type XmlToken =
  | { readonly kind: "start"; readonly name: XmlName; readonly attributes: readonly XmlAttribute[] }
  | { readonly kind: "end"; readonly name: XmlName }
  | { readonly kind: "text" | "cdata" | "comment" | "instruction" | "directive"; readonly text: string };

export interface XmlAttribute {
  readonly name: XmlName;
  readonly value: string;
}

const nameBytes = /[A-Za-z0-9_:.\-\u0080-\uffff]+/y;
const validName = /^[\p{L}_:][\p{L}\p{M}\p{N}_:.\-·]*$/u;
const space = /[ \r\n\t]*/y;
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

/**
 * Reads XML from left to right as Go's strict decoder does: names, quotes, entities and characters are checked, and that
 * elements close in order; types and references of a DOCTYPE are not looked at. Throws `Failure` where the text is none.
 */
export class XmlReader {
  /** How far it was read. */
  at = 0;
  private readonly text: string;
  private readonly open: string[] = [];
  /** The name of an element that is empty: its end comes next. */
  private empty: XmlName | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Undefined at the end. */
  next(): XmlToken | undefined {
    if (this.empty) {
      const name = this.empty;
      this.empty = undefined;
      this.open.pop();
      return { kind: "end", name };
    }
    if (this.at >= this.text.length) {
      if (this.open.length > 0) throw fail("unexpected EOF");
      return undefined;
    }
    if (this.text[this.at] !== "<") return { kind: "text", text: this.content("") };
    this.at++;
    switch (this.text[this.at]) {
      case "/":
        this.at++;
        return this.end();
      case "?":
        this.at++;
        return this.instruction();
      case "!":
        this.at++;
        return this.markup();
      default:
        return this.start();
    }
  }

  private start(): XmlToken {
    const name = this.name("expected element name after <");
    const attributes: XmlAttribute[] = [];
    for (;;) {
      this.skip(space);
      if (this.take("/")) {
        if (!this.take(">")) throw this.unexpected("expected /> in element");
        this.empty = name;
        break;
      }
      if (this.take(">")) break;
      const attribute = this.name("expected attribute name in element");
      this.skip(space);
      if (!this.take("=")) throw this.unexpected("attribute name without = in element");
      this.skip(space);
      const quote = this.text[this.at];
      if (quote !== '"' && quote !== "'") throw this.unexpected("unquoted or missing attribute value in element");
      this.at++;
      attributes.push({ name: attribute, value: this.content(quote) });
    }
    this.open.push(fullName(name));
    return { kind: "start", name, attributes };
  }

  private end(): XmlToken {
    const name = this.name("expected element name after </");
    this.skip(space);
    if (!this.take(">")) throw this.unexpected(`invalid characters between </${name.local} and >`);
    const opened = this.open.pop();
    if (opened === undefined) throw fail(`unexpected end element </${name.local}>`);
    if (opened !== fullName(name)) throw fail(`element <${opened}> closed by </${fullName(name)}>`);
    return { kind: "end", name };
  }

  private instruction(): XmlToken {
    const from = this.at;
    const target = this.skip(nameBytes);
    if (target === "") throw this.unexpected("expected target name after <?");
    if (!validName.test(target)) throw fail(`invalid XML name: ${target}`);
    this.skip(space);
    const begin = this.at;
    const text = this.until("?>");
    if (target === "xml") checkDeclaration(this.text.slice(begin, begin + this.at - begin - 2));
    return { kind: "instruction", text: this.text.slice(from, begin) + text };
  }

  private markup(): XmlToken {
    if (this.take("--")) {
      const text = this.until("--");
      if (!this.take(">")) throw this.unexpected('invalid sequence "--" not allowed in comments');
      return { kind: "comment", text };
    }
    if (this.text[this.at] === "-") throw fail("invalid sequence <!- not part of <!--");
    if (this.take("[CDATA[")) {
      const text = this.until("]]>").replace(/\r\n?/g, "\n");
      checkCharacters(text);
      return { kind: "cdata", text };
    }
    if (this.text[this.at] === "[") throw fail("invalid <![ sequence");
    return { kind: "directive", text: this.directive() };
  }

  /** Up to the `>` that no `<`, quote or comment stands around. */
  private directive(): string {
    let text = "";
    let depth = 0;
    let quote = "";
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] as string;
      if (quote === "" && depth === 0 && character === ">") {
        this.at++;
        return text;
      }
      if (character === quote) quote = "";
      else if (quote !== "") {
        // Whatever stands in quotes.
      } else if (character === "'" || character === '"') quote = character;
      else if (character === ">") depth--;
      else if (this.text.startsWith("<!--", this.at)) {
        this.at += 4;
        this.until("-->");
        this.at--;
        text += " ";
        continue;
      } else if (character === "<") depth++;
      text += character;
    }
    throw fail("unexpected EOF");
  }

  /** Text up to the next `<`, or up to a quote. */
  private content(quote: string): string {
    let text = "";
    let from = this.at;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === "<") {
        if (quote !== "") throw fail("unescaped < inside quoted string");
        break;
      }
      if (quote !== "" && character === quote) break;
      if (character === "&") {
        text += normal(this.text.slice(from, this.at)) + this.entity();
        from = this.at + 1;
      } else if (quote === "" && character === ">" && this.at - from >= 2 && this.text.endsWith("]]", this.at))
        throw fail("unescaped ]]> not in CDATA section");
    }
    text += normal(this.text.slice(from, this.at));
    if (quote !== "" && !this.take(quote)) throw fail("unexpected EOF");
    checkCharacters(text);
    return text;
  }

  /** Stops at its semicolon. */
  private entity(): string {
    const found = /&(?:#([0-9]+)|#x([0-9a-fA-F]+)|([^;<&\s]+));/y;
    found.lastIndex = this.at;
    const [whole = "", decimal, hex, name] = found.exec(this.text) ?? [];
    const code = decimal ?? hex;
    const number = code === undefined ? Number.NaN : Number.parseInt(code, hex === undefined ? 10 : 16);
    const isSurrogate = number >= 0xd800 && number <= 0xdfff;
    const text = number <= 0x10ffff ? String.fromCodePoint(isSurrogate ? 0xfffd : number) : knownEntity(name);
    if (text === undefined) throw fail(`invalid character entity ${this.text.slice(this.at, this.at + 20)}`);
    this.at += whole.length - 1;
    return text;
  }

  private name(expected: string): XmlName {
    const name = this.skip(nameBytes);
    if (name === "") throw this.unexpected(expected);
    if (!validName.test(name)) throw fail(`invalid XML name: ${name}`);
    const [prefix = "", local, more] = name.split(":");
    if (more !== undefined) throw fail(expected);
    return local === undefined || local === "" || prefix === "" ? { prefix: "", local: name } : { prefix, local };
  }

  private until(end: string): string {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) throw fail("unexpected EOF");
    const text = this.text.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  private take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private skip(rule: RegExp): string {
    rule.lastIndex = this.at;
    const [text = ""] = rule.exec(this.text) ?? [];
    this.at += text.length;
    return text;
  }

  private unexpected(expected: string): Failure {
    return fail(this.at < this.text.length ? expected : "unexpected EOF");
  }
}

function fullName({ prefix, local }: XmlName): string {
  return prefix === "" ? local : `${prefix}:${local}`;
}

function knownEntity(name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(entities, name) ? entities[name] : undefined;
}

function normal(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

function checkCharacters(text: string): void {
  const found = illegal.exec(text)?.[0];
  if (found === undefined) return;
  throw fail(`illegal character code U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}

/** Only version 1.0, and UTF-8, which the text is. */
function checkDeclaration(text: string): void {
  const read = (name: string): string =>
    new RegExp(`${name}=(?:"([^"]*)"|'([^']*)')`).exec(text)?.slice(1).join("") ?? "";
  const version = read("version");
  if (version !== "" && version !== "1.0")
    throw fail(`unsupported version ${JSON.stringify(version)}; only version 1.0 is supported`);
  const encoding = read("encoding");
  if (encoding !== "" && encoding.toLowerCase() !== "utf-8")
    throw fail(`encoding ${JSON.stringify(encoding)} is declared, only UTF-8 is read`);
}

function fail(why: string): Failure {
  return new Failure(`XML syntax error: ${why}`);
}
