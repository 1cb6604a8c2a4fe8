import { parseDuration } from "../../../shared/alloy/duration.ts";
import { createLibrary } from "../../../shared/alloy/library/library.ts";
import { literalValue } from "../../../shared/alloy/literal.ts";
import { Mismatch } from "../../../shared/alloy/mismatch.ts";
import { parseExpression } from "../../../shared/alloy/parse.ts";
import { formatSize, parseSize } from "../../../shared/alloy/size.ts";
import { bytesOfText, bytesValueText, textOfBytes } from "../../../shared/alloy/text.ts";
import {
  type FunctionValue,
  float,
  int,
  isArray,
  isCapsule,
  isObject,
  type ObjectValue,
  uint,
  type Value,
} from "../../../shared/alloy/value.ts";
import { parseFloat64 } from "../../../shared/go-number.ts";

/** A call of a function of Alloy's standard library, or of `unquote`, `duration`, `size`, `size_text` and `float`, which stand beside it. */
export interface LibraryCall {
  readonly call: string;
  readonly args: readonly Value[];
}

/** What came of a call, its value in the notation of `noted`. */
export interface Verdict {
  readonly value?: unknown;
  readonly error?: string;
}

const library = createLibrary({ env: () => undefined, constants: { hostname: "", os: "", arch: "", version: "" } });

/** Runs a call with ours. */
export function judge({ call, args }: LibraryCall): Verdict {
  try {
    return { value: noted(called(call, args)) };
  } catch (error) {
    if (error instanceof Mismatch) return { error: error.message };
    throw error;
  }
}

function called(call: string, args: readonly Value[]): Value {
  const [first = null] = args;
  const given = String(first);
  if (call === "duration") return nanoseconds(parseDuration(given));
  if (call === "size_text") return formatSize(Number(given));
  if (call === "size") return problemOr(parseSize(given));
  if (call === "float") {
    const value = parseFloat64(given);
    if (value === undefined) throw new Mismatch("no float");
    return float(value);
  }
  if (call === "unquote") {
    const parsed = parseExpression(given);
    if (parsed.kind === "invalid") throw new Mismatch(parsed.diagnostics[0]?.message ?? "");
    const { expression } = parsed.tree;
    if (expression.kind !== "literal") throw new Mismatch("not a literal");
    return literalValue(expression);
  }
  for (const namespace of ["", "string", "encoding", "file"]) {
    const names = namespace === "" ? library : (library.get(namespace) as ObjectValue);
    const found = names.get(call) as FunctionValue | undefined;
    if (found === undefined) continue;
    const result = found.call(args);
    return call.startsWith("from_") && call.endsWith("64") ? (bytesValueText(result) ?? result) : result;
  }
  throw new Error(`unknown call ${call}`);
}

function nanoseconds(ms: ReturnType<typeof parseDuration>): Value {
  return typeof ms === "number" ? { kind: "int", value: BigInt(Math.round(ms * 1e6)) } : problemOr(ms);
}

function problemOr(value: number | { readonly problem: string }): Value {
  if (typeof value === "number") return int(value);
  throw new Mismatch(value.problem);
}

/** A value as bench/peers/alloy-library reads and writes it. */
export function noted(value: Value): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return { string: Buffer.from(bytesOfText(value)).toString("base64") };
  if (isArray(value)) return value.map(noted);
  if (isObject(value)) {
    const fields = [...value].map(([key, each]) => [textOfBytes(bytesOfText(key)), noted(each)]);
    return { object: Object.fromEntries(fields) };
  }
  if (isCapsule(value)) return { other: value.type };
  if (value.kind === "function") return { other: "function" };
  if (value.kind === "uint" && value.value >= 1n << 63n) return { uint: String(value.value) };
  return value.kind === "float" ? { float: bitsOf(value.value) } : { int: String(value.value) };
}

/** The bits of a float64; NaN has many, of which one is told. */
function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Number.isNaN(value) ? "7ff8000000000001" : bytes.toString("hex");
}

/** The value of a note: the inverse of `noted`, but for what a note does not tell. */
export function meant(note: unknown): Value {
  if (note === null || typeof note === "boolean") return note;
  if (Array.isArray(note)) return note.map(meant);
  const [kind = "", content] = Object.entries(note as Readonly<Record<string, unknown>>)[0] ?? [];
  if (kind === "object") return new Map(Object.entries(content as object).map(([key, each]) => [key, meant(each)]));
  if (kind === "string") return textOfBytes(Buffer.from(String(content), "base64"));
  if (kind === "float") return float(Buffer.from(String(content), "hex").readDoubleBE());
  return kind === "int" ? int(BigInt(String(content))) : uint(BigInt(String(content)));
}

/** Whether two verdicts agree. A path takes the members of an object in any order there; nanoseconds of more than a hundred days are rounded here. */
export function agree(call: string, left: Verdict, right: Verdict): boolean {
  if (right.error !== undefined) return left.error !== undefined;
  return left.error === undefined && told(call, left.value) === told(call, right.value);
}

function told(call: string, value: unknown): string {
  const known = sorted(value);
  if (call === "duration") return String(Number((value as { readonly int: string } | undefined)?.int));
  return JSON.stringify(
    call === "json_path" && Array.isArray(known) ? known.map((each) => JSON.stringify(each)).sort() : known,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
