import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { transcode } from "../../shared/otlp/transcode.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { defaultScanLimits, scan } from "../../shared/wire/scan.ts";
import { type JsonObject, type JsonValue, toJson } from "../../shared/wire/to-json.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { decodeWithOracle, oracle } from "../support/otlp/oracle.ts";
import { otlpJson } from "../support/otlp/otlp-json.ts";

const seed = 20_261_120;

describe("transcode()", () => {
  it.each(signalNames)("writes what the SDK's own protobuf exporter writes, for %s", async (name) => {
    const { json, protobuf, items } = await corpusCase(name, "typical");
    const bytes = accepted(json, name, items);
    expect(meaning(bytes, name)).toEqual(meaning(protobuf, name));
  });

  it.each(signalNames)("writes every field of %s as the generated codec reads it, and as toJson() shows it", (name) => {
    const { request } = signals[name];
    fc.assert(
      fc.property(otlpJson(request), (object) => {
        const bytes = accepted(Buffer.from(JSON.stringify(object)), name);
        expect(toJson(bytes, signals[name].request)).toEqual(object);
        const codec = oracle[name];
        const theirs = codec.encode(codec.fromObject(withBase64Ids(object) as JsonObject)).finish();
        expect(decodeWithOracle(bytes, name)).toEqual(decodeWithOracle(theirs, name));
      }),
      { seed, numRuns: 150 },
    );
  });

  it("takes the keys of a message in any order, with any white space, in both spellings", () => {
    const rewritten = fc
      .tuple(fc.constantFrom(...signalNames), fc.integer(), fc.boolean())
      .chain(([name, salt, snake]) =>
        otlpJson(signals[name].request).map((object) => ({ name, object, other: rewrite(object, salt, snake) })),
      );
    fc.assert(
      fc.property(rewritten, fc.constantFrom(undefined, 1, "\t"), ({ name, object, other }, indent) => {
        const bytes = accepted(Buffer.from(JSON.stringify(other, undefined, indent)), name);
        expect(toJson(bytes, signals[name].request)).toEqual(object);
      }),
      { seed, numRuns: 150 },
    );
  });

  it("takes every 64-bit integer exactly, however it is written", () => {
    const written = [String, (value: bigint) => `"${value}"`, (value: bigint) => `${value}.000`, scientific];
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), fc.constantFrom(...written), (value, write) => {
        expect(time(write(value))).toBe(value < 0n || value >= 2n ** 64n ? undefined : value);
        expect(integer(write(value))).toBe(value >= 2n ** 63n ? undefined : value);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it("takes whole numbers and refuses fractions, wherever the decimal point stands", () => {
    const texts = fc.stringMatching(/^-?(0|[1-9]\d{0,8}0{0,12})(\.\d{0,3}0{1,12})?([eE][+-]?\d{1,2})?$/);
    fc.assert(
      fc.property(texts, (text) => {
        const value = wholeOf(text);
        expect(integer(text)).toBe(value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value);
        expect(time(`"${text}"`)).toBe(value === undefined || BigInt.asUintN(64, value) !== value ? undefined : value);
      }),
      { seed, numRuns: 5000 },
    );
  });

  it("takes every double exactly, however it is written", () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), digits), (text) => {
        const value = Number(text);
        expect(double(text)).toBe(Number.isFinite(value) ? value : undefined);
        expect(double(`"${text}"`)).toBe(Number.isFinite(value) ? value : undefined);
      }),
      { seed, numRuns: 5000 },
    );
  });

  it("takes every string, with or without escapes, of any length", () => {
    const strings = fc.string({
      unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      maxLength: 400,
    });
    fc.assert(
      fc.property(fc.oneof(strings, fc.string({ maxLength: 300 })), fc.boolean(), (text, escaped) => {
        const json = escaped ? `"${text.split("").map(escapeUnit).join("")}"` : JSON.stringify(text);
        const bytes = accepted(Buffer.from(body(`{"stringValue":${json}}`)), "logs");
        expect(bodyOf(bytes)).toEqual({ stringValue: text.toWellFormed() });
      }),
      { seed, numRuns: 500 },
    );
  });

  it.each(signalNames)("refuses every beginning of a request of %s", async (name) => {
    const { json, items } = await corpusCase(name, "small");
    accepted(json, name, items);
    for (let end = 0; end < json.length; end++) {
      expect(transcode(json.slice(0, end), signals[name])).toMatchObject({ kind: "rejected" });
    }
  });

  it("has the same limit of nesting as scan()", () => {
    // Request, resource, scope and record are four of the messages; the body and each array take two more.
    const deep = (arrays: number) => {
      const text = body(`${'{"arrayValue":{"values":['.repeat(arrays)}{}${"]}}".repeat(arrays)}`);
      return transcode(Buffer.from(text), signals.logs);
    };
    const limit = (defaultScanLimits.maxDepth - 4) / 2;
    const deepest = deep(limit);
    expect(deepest.kind).toBe("transcoded");
    if (deepest.kind === "transcoded") expect(scan(deepest.bytes, signals.logs.request).kind).toBe("scanned");
    expect(deep(limit + 1)).toMatchObject({ kind: "rejected", message: expect.stringContaining("nested") });
    const [outer, lower] = [6, 5].map((maxDepth) => ({ ...defaultScanLimits, maxDepth }));
    const text = Buffer.from(body('{"arrayValue":{"values":[{}]}}'));
    expect(transcode(text, signals.logs, outer).kind).toBe("transcoded");
    expect(transcode(text, signals.logs, lower).kind).toBe("rejected");
  });

  it("judges mutated requests as JSON.parse() and scan() do, and never throws", async () => {
    const bodies = await Promise.all(signalNames.map(async (name) => ({ name, ...(await corpusCase(name, "small")) })));
    const alphabet = [...Buffer.from('{}[]",:\\u0-+.eE19 ntfxa\n\u0000\x7f')].concat(0xff, 0xc3, 0xef);
    const edits = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        cut: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 400 })),
        bytes: fc.array(fc.constantFrom(...alphabet), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 2 },
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...bodies), edits, ({ name, json }, changes) => {
        const bytes = changes.reduce(edit, json);
        const answer = transcode(bytes, signals[name]);
        if (answer.kind === "rejected") {
          expect(answer.offset).toBeLessThanOrEqual(bytes.length);
          return;
        }
        taken++;
        // One character for each byte, so that what is not UTF-8 stays inside its string.
        expect(() => JSON.parse(Buffer.from(bytes).toString("latin1"))).not.toThrow();
        expect(scan(answer.bytes, signals[name].request)).toEqual({ kind: "scanned", items: answer.items });
      }),
      { seed, numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  const million = 1_000_000;
  it.each<[string, () => string]>([
    ["20,000 brackets in an unknown key", () => `{"x":${"[".repeat(20_000)}`],
    ["a million brackets in an unknown key", () => `{"x":${"[".repeat(million)}`],
    ["a million braces in an unknown key", () => `{"x":${'{"":'.repeat(million)}`],
    ["a million brackets where an array is due", () => `{"resourceLogs":${"[".repeat(million)}`],
    ["a million messages in one another", () => `{"resourceLogs":[${'{"resource":'.repeat(million)}`],
    [
      "a million unknown keys",
      () => `{${Array.from({ length: million }, (_, index) => `"k${index}":${index}`).join()}}`,
    ],
    ["a million equal keys", () => `{"resourceLogs":[{${Array(million).fill('"resource":{}').join()}}]}`],
    ["a million keys that are almost known", () => `{${Array(million).fill('"resourceLog\\u0073":[]').join()}}`],
    [
      "a million empty items",
      () => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${Array(million).fill("{}").join()}]}]}]}`,
    ],
    ["an integer of a million digits", () => body(`{"intValue":${"9".repeat(million)}}`)],
    ["a fraction of a million zeros", () => body(`{"intValue":1.${"0".repeat(million)}}`)],
    ["a million zeros and an exponent", () => body(`{"intValue":"0.${"0".repeat(million)}1e${million + 1}"}`)],
    ["an exponent of a million digits", () => body(`{"doubleValue":1e${"9".repeat(million)}}`)],
    ["a double of a million digits", () => body(`{"doubleValue":0.${"3".repeat(million)}}`)],
    ["a string of a million escapes", () => body(`{"stringValue":"${"\\u0000".repeat(million)}"}`)],
    [
      "an id of a million digits",
      () => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"${"0".repeat(million)}"}]}]}]}`,
    ],
  ])("takes or refuses %s in bounded time and memory", (_, text) => {
    const bytes = Buffer.from(text());
    const start = performance.now();
    const answer = transcode(bytes, signals.logs);
    expect(performance.now() - start).toBeLessThan(5000);
    if (answer.kind === "transcoded") expect(answer.bytes.length).toBeLessThan(bytes.length);
    else expect(answer.message.length + answer.path.length).toBeLessThan(2000);
  });

  it("writes at most five times the bytes it reads", () => {
    const counts = Array(100_000).fill("0").join();
    const points = `[{"bucketCounts":[${counts}],"explicitBounds":[${counts}]}]`;
    const text = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":${points}}}]}]}]}`;
    expect(accepted(Buffer.from(text), "metrics", 1).length).toBeLessThan(text.length * 5);
  });
});

function accepted(json: Uint8Array, name: SignalName, items?: number): Uint8Array {
  const answer = transcode(json, signals[name]);
  if (answer.kind === "rejected") expect.fail(`${answer.path}: ${answer.message}`);
  expect(scan(answer.bytes, signals[name].request)).toEqual({ kind: "scanned", items: items ?? answer.items });
  expect(answer.items).toBe(items ?? answer.items);
  return answer.bytes;
}

/** With zeros where nothing stands on the wire: the SDK's codec writes zeros that mean nothing. */
function meaning(bytes: Uint8Array, name: SignalName): unknown {
  const codec = oracle[name];
  return codec.toObject(codec.decode(bytes), { longs: String, bytes: String, defaults: true });
}

function body(value: string): string {
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`;
}

function bodyOf(bytes: Uint8Array): unknown {
  const { resourceLogs } = toJson(bytes, signals.logs.request) as {
    resourceLogs: { scopeLogs: { logRecords: JsonObject[] }[] }[];
  };
  return resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.body;
}

function integer(text: string): bigint | undefined {
  const answer = transcode(Buffer.from(body(`{"intValue":${text}}`)), signals.logs);
  if (answer.kind === "rejected") return undefined;
  return BigInt((bodyOf(answer.bytes) as { intValue: string }).intValue);
}

function time(text: string): bigint | undefined {
  const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":${text}}]}]}]}`;
  const answer = transcode(Buffer.from(json), signals.logs);
  if (answer.kind === "rejected") return undefined;
  const found = /"timeUnixNano":"(\d+)"/.exec(JSON.stringify(toJson(answer.bytes, signals.logs.request)));
  return BigInt(found?.[1] ?? 0);
}

function double(text: string): number | undefined {
  const answer = transcode(Buffer.from(body(`{"doubleValue":${text}}`)), signals.logs);
  if (answer.kind === "rejected") return undefined;
  return Number((bodyOf(answer.bytes) as { doubleValue: number | string }).doubleValue);
}

/** What a number of JSON is, in integers alone; undefined where it is not whole. */
function wholeOf(text: string): bigint | undefined {
  const [, whole = "", fraction = "", exponent = "0"] = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  const power = Number(exponent) - fraction.length;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

function scientific(value: bigint): string {
  const [, sign, digits = ""] = /^(-?)(\d+)$/.exec(String(value)) ?? [];
  return `${sign}${digits[0]}.${digits.slice(1)}0e+${digits.length - 1}`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function edit(bytes: Uint8Array, { at, cut, bytes: put }: { at: number; cut: number; bytes: number[] }): Uint8Array {
  const start = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, start), Uint8Array.from(put), bytes.subarray(start + cut)]);
}

/** The generated codec takes ids in base64, as ProtoJSON has all bytes. */
function withBase64Ids(value: JsonValue, name = ""): JsonValue {
  if (typeof value === "string") {
    return /^(traceId|spanId|parentSpanId)$/.test(name) ? Buffer.from(value, "hex").toString("base64") : value;
  }
  return mapObject(value, (inner, key) => [key, withBase64Ids(inner, key)]);
}

/** The same object with other orders of keys, or with the names of the .proto files. */
function rewrite(value: JsonValue, salt: number, snake: boolean): JsonValue {
  const renamed = mapObject(value, (inner, key) => [
    snake ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
    rewrite(inner, salt + 1, snake),
  ]);
  if (typeof renamed !== "object" || Array.isArray(renamed)) return renamed;
  const entries = Object.entries(renamed);
  const turn = Math.abs(salt) % (entries.length + 1);
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)]);
}

function mapObject(value: JsonValue, map: (inner: JsonValue, key: string) => [string, JsonValue]): JsonValue {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((inner: JsonValue) => map(inner, "")[1]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => map(inner, key)));
}
