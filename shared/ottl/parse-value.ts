import type { ArgumentNode, CallNode, MathOperator, PathNode, ValueNode } from "./ast.ts";
import { OttlError } from "./failure.ts";
import { isEditorName, type TokenReader } from "./token-reader.ts";

const maxInt = 2n ** 63n - 1n;

/** Reads a value: a literal, a path, a converter, or a sum of them. Throws `OttlError`. */
export function parseValue(reader: TokenReader): ValueNode {
  const token = reader.peek();
  if (token.kind === "string") {
    reader.take();
    return { kind: "string", value: token.text };
  }
  if (token.kind === "bytes") return parseBytes(reader);
  if (token.kind === "word") {
    if (token.text === "nil" || token.text === "true" || token.text === "false") {
      reader.take();
      return token.text === "nil" ? { kind: "nil" } : { kind: "bool", value: token.text === "true" };
    }
    if (isEnumName(token.text) && !reader.isSign("(", 1)) {
      reader.take();
      return { kind: "enum", name: token.text };
    }
  }
  if (reader.isSign("{")) return parseMap(reader);
  if (reader.isSign("[")) return parseList(reader);
  return parseSum(reader);
}

function isEnumName(text: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(text);
}

function parseBytes(reader: TokenReader): ValueNode {
  const { text } = reader.peek();
  if (text.length % 2 === 1) throw reader.unexpected("an even number of hexadecimal digits");
  reader.take();
  return {
    kind: "bytes",
    value: Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
  };
}

function parseMap(reader: TokenReader): ValueNode {
  reader.expectSign("{");
  const entries: [string, ValueNode][] = [];
  reader.nested(() => {
    while (!reader.takeSign("}")) {
      const key = reader.peek();
      if (key.kind !== "string") throw reader.unexpected('a string or "}"');
      reader.take();
      reader.expectSign(":");
      entries.push([key.text, parseValue(reader)]);
      reader.takeSign(",");
    }
  });
  return { kind: "map", entries };
}

function parseList(reader: TokenReader): ValueNode {
  reader.expectSign("[");
  const items: ValueNode[] = [];
  if (reader.takeSign("]")) return { kind: "list", items };
  reader.nested(() => {
    do items.push(parseValue(reader));
    while (reader.takeSign(","));
  });
  reader.expectSign("]");
  return { kind: "list", items };
}

function parseSum(reader: TokenReader): ValueNode {
  let left = parseProduct(reader);
  while (reader.isSign("+") || reader.isSign("-")) {
    const operator = reader.take().text as MathOperator;
    left = { kind: "math", operator, left, right: parseProduct(reader) };
  }
  return left;
}

function parseProduct(reader: TokenReader): ValueNode {
  let left = parseOperand(reader);
  while (reader.isSign("*") || reader.isSign("/")) {
    const operator = reader.take().text as MathOperator;
    left = { kind: "math", operator, left, right: parseOperand(reader) };
  }
  return left;
}

function parseOperand(reader: TokenReader): ValueNode {
  if (reader.isSign("-") || reader.isSign("+")) {
    const isNegative = reader.take().text === "-";
    return { kind: "sign", isNegative, value: parseUnsigned(reader) };
  }
  return parseUnsigned(reader);
}

function parseUnsigned(reader: TokenReader): ValueNode {
  const token = reader.peek();
  if (reader.takeSign("(")) {
    return reader.nested(() => {
      const value = parseSum(reader);
      reader.expectSign(")");
      if (reader.isSign("=>")) throw lambda();
      return value;
    });
  }
  if (token.kind === "int") {
    if (BigInt(token.text) > maxInt) throw reader.unexpected("an integer of 64 bits");
    reader.take();
    return { kind: "int", value: BigInt(token.text) };
  }
  if (token.kind === "float") {
    reader.take();
    return { kind: "float", value: Number(token.text) };
  }
  if (token.kind !== "word") throw reader.unexpected();
  if (!reader.isSign("(", 1)) return parsePath(reader);
  reader.take();
  if (isEditorName(token.text))
    throw new OttlError(`converter names must start with an uppercase letter but got '${token.text}'`);
  return parseCall(reader, token.text);
}

function lambda(): OttlError {
  return new OttlError(
    "lambda expressions are not supported: they are behind a feature gate in Grafana Alloy that is off",
  );
}

function parsePath(reader: TokenReader): PathNode {
  const start = reader.peek().at;
  const segments: { name: string; keys: readonly ValueNode[] }[] = [];
  let end = start;
  do {
    const token = reader.peek();
    if (token.kind !== "word" || !/^[a-z][a-z0-9_]*$/.test(token.text)) throw reader.unexpected("a field");
    reader.take();
    const keys = parseKeys(reader);
    segments.push({ name: token.text, keys });
    end = reader.peek(-1).end;
  } while (reader.takeSign("."));
  return { kind: "path", segments, text: reader.source.slice(start, end) };
}

function parseKeys(reader: TokenReader): readonly ValueNode[] {
  const keys: ValueNode[] = [];
  while (reader.takeSign("[")) {
    reader.nested(() => keys.push(reader.peek().kind === "string" ? parseValue(reader) : parseSum(reader)));
    reader.expectSign("]");
  }
  return keys;
}

/** Reads the arguments of a call, and the keys behind it. */
export function parseCall(reader: TokenReader, name: string): CallNode {
  reader.expectSign("(");
  const args: ArgumentNode[] = [];
  if (!reader.takeSign(")")) {
    reader.nested(() => {
      do args.push(parseArgument(reader, args));
      while (reader.takeSign(","));
    });
    if (reader.isSign("=>")) throw lambda();
    reader.expectSign(")");
  }
  return { kind: "call", name, args, keys: parseKeys(reader) };
}

function parseArgument(reader: TokenReader, before: readonly ArgumentNode[]): ArgumentNode {
  const first = reader.peek();
  const isNamed = first.kind === "word" && /^[a-z]/.test(first.text) && reader.isSign("=", 1);
  if (!isNamed && before.some((each) => each.name !== undefined))
    throw new OttlError("unnamed arguments may not follow named ones");
  if (isNamed) {
    reader.take();
    reader.take();
  }
  const token = reader.peek();
  const isFunctionName =
    token.kind === "word" && /^[A-Z]/.test(token.text) && !isEnumName(token.text) && !reader.isSign("(", 1);
  const value = isFunctionName ? { kind: "functionName" as const, name: reader.take().text } : parseValue(reader);
  return isNamed ? { name: first.text, value } : { value };
}
