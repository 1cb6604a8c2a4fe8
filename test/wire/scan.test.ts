import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { defaultScanLimits, scan } from "../../shared/wire/scan.ts";
import { corpusCase, corpusSizes } from "../support/otlp/corpus.ts";
import { vectors } from "../support/otlp/vectors.ts";
import { asCollectorWrites, lengthDelimited, rearrange } from "../support/otlp/wire-tree.ts";

const span = "0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742a0161";

// Field numbers from the request down to a span, and to a gauge's or a histogram's data point.
const toSpan = [1, 2, 2];
const toMetric = [1, 2, 2];
const toPoint = [...toMetric, 5, 1];
const toHistogramPoint = [...toMetric, 9, 1];
const toBuckets = [...toMetric, 10, 1, 8];

describe("scan()", () => {
  it.each(vectors.filter((vector) => vector.encoding === "protobuf"))("judges the vector $name", (vector) => {
    const scanned = scan(hex(vector.bodyHex), signals[vector.signal].request);
    if (vector.expect === "accept") expect(scanned.kind).toBe("scanned");
    if (vector.expect === "reject") expect(scanned.kind).toBe("rejected");
    if (scanned.kind === "scanned") expect(vector.items).toContain(scanned.items);
    else expect(scanned.message).not.toBe("");
  });

  it.each<[string, SignalName, Uint8Array, string]>([
    ["an unknown field that ends past its parent", "traces", within(toSpan, `${span}a106000000`), "past the end"],
    ["a fixed64 that ends past its parent", "traces", within(toSpan, "3900000000"), "past the end"],
    ["a string that ends past its parent", "traces", within(toSpan, "2a0561"), "past the end"],
    ["a varint that ends past its parent", "traces", within(toSpan, "3080"), "not a varint"],
    ["a span without its last byte", "traces", within(toSpan, span).slice(0, -1), "past the end"],
    ["a trace id of 15 bytes", "traces", within(toSpan, `0a0f${"11".repeat(15)}`), "15 bytes instead of 16"],
    [
      "the same behind a tag in a longer form",
      "traces",
      within(toSpan, `8a000f${"11".repeat(15)}`),
      "15 bytes instead",
    ],
    // Almost the usual attribute, 0a016b12030a0161, which is checked in one step.
    ["an attribute with a byte behind it", "traces", within([...toSpan, 9], "0a016b12030a016100"), "Field number 0"],
    ["an attribute whose key is 64 bits", "traces", within([...toSpan, 9], "09016b12030a0161"), "(key)"],
    ["an attribute whose value is a group", "traces", within([...toSpan, 9], "0a016b13030a0161"), "(value)"],
    ["an attribute whose number is text", "traces", within([...toSpan, 9], "0a016b12031a0161"), "(int_value)"],
    [
      "an attribute whose key has a length of two bytes, longer than it",
      "traces",
      within([...toSpan, 9], `0a847f${"61".repeat(131)}12050a03616161`),
      "past the end",
    ],
    ["an attribute whose text is longer than it", "traces", within([...toSpan, 9], "0a016b12030a0561"), "past the end"],
    ["an attribute whose text is shorter", "traces", within([...toSpan, 9], "0a016b12030a0061"), "past the end"],
    ["a span id of 7 bytes", "traces", within(toSpan, `1207${"11".repeat(7)}`), "7 bytes instead of 8"],
    ["the span id of an exemplar", "metrics", within([...toPoint, 5], "220101"), "1 bytes instead of 8"],
    ["the wrong wire type of an exemplar's time", "metrics", within([...toPoint, 5], "1001"), "time_unix_nano"],
    ["the wrong wire type of an attribute's value", "traces", within([...toSpan, 9, 2], "1a00"), "int_value"],
    ["the wrong wire type of a link's flags", "traces", within([...toSpan, 13], "3001"), "flags"],
    ["packed doubles of 7 bytes", "metrics", within(toHistogramPoint, `3a07${"00".repeat(7)}`), "not a multiple of 8"],
    ["packed counts cut off", "metrics", within(toBuckets, "12020180"), "packed field"],
    ["a packed field that is not repeated", "metrics", within(toPoint, "420100"), "flags"],
    ["field number 0 deep inside", "logs", within([1, 2, 2, 6], "0000"), "Field number 0"],
    ["a group deep inside", "traces", within([...toSpan, 9, 2], "a306a406"), "groups"],
    ["the end of a group", "traces", hex("a406"), "groups"],
    ["a field number above 2^29 - 1", "traces", hex("808080801000"), "field number"],
    ["a tag of 33 bits that looks like field 1", "traces", hex("8a8080802000"), "field number"],
    ["a tag of six bytes, even if it is small", "traces", hex("8a808080800000"), "not a varint of at most 5 bytes"],
    ["a length of 2^32", "traces", hex("0a8080808010"), "past the end"],
    ["a length of 2^53 + 1", "traces", hex("0a8180808080808010"), "5 bytes"],
    ["a length of more than 64 bits", "traces", hex("0affffffffffffffffff02"), "not a varint"],
    ["a length of six bytes, even if it is small", "traces", hex("0a808080808000"), "not a varint of at most 5 bytes"],
    ["a value of eleven bytes", "traces", hex(`a006${"80".repeat(10)}00`), "64 bits"],
    ["a tag of eleven bytes", "traces", hex(`8a${"80".repeat(9)}00`), "not a varint"],
  ])("refuses %s", (_, name, body, reason) => {
    const scanned = scan(body, signals[name].request);
    expect(scanned.kind === "rejected" && scanned.message).toContain(reason);
  });

  it.each<[string, SignalName, Uint8Array, number]>([
    ["a tag and a length in longer forms than needed", "traces", hex("8a800082001a00"), 0],
    ["the empty request", "metrics", hex(""), 0],
    ["unpacked bucket counts", "metrics", within(toHistogramPoint, `31${"00".repeat(8)}39${"00".repeat(8)}`), 1],
    ["unpacked varint bucket counts", "metrics", within(toBuckets, "10011002"), 1],
    ["a value of ten bytes", "metrics", within(toBuckets, `10${"ff".repeat(9)}01`), 1],
    ["one oneof member twice", "metrics", within(toMetric, "2a020a002a020a00"), 2],
    ["points of the last oneof member only", "metrics", within(toMetric, "2a040a000a003a020a00"), 1],
    ["an empty last oneof member", "metrics", within(toMetric, "2a040a000a003a00"), 0],
    ["invalid UTF-8 in a name", "traces", within(toSpan, "2a02fffe"), 1],
    ["an unknown field with a number above 31", "logs", within([1, 2, 2], "c03e01"), 1],
  ])("accepts %s", (_, name, body, items) => {
    expect(scan(body, signals[name].request)).toEqual({ kind: "scanned", items });
  });

  it("says where: path and offset of the tag", () => {
    const spans = Buffer.concat([lengthDelimited(2, hex(span)), lengthDelimited(2, hex("12031111112a00"))]);
    const scopes = Buffer.concat([lengthDelimited(2, hex("")), lengthDelimited(2, spans)]);
    const body = Buffer.concat([lengthDelimited(1, hex("")), lengthDelimited(1, scopes)]);
    const path = "resource_spans[1].scope_spans[1].spans[1].span_id";
    const message = "The id has 3 bytes instead of 8.";
    const offset = body.length - 7;
    expect(scan(body, signals.traces.request)).toEqual({ kind: "rejected", message, path, offset });
  });

  it("limits nesting, and accepts fifty arrays inside each other", () => {
    expect(scan(within([...toSpan, 9, 2], nest(50)), signals.traces.request).kind).toBe("scanned");
    const tooDeep = scan(within([...toSpan, 9, 2], nest(130)), signals.traces.request);
    expect(tooDeep).toMatchObject({ kind: "rejected", message: "Messages are nested more than 256 deep." });
    expect(tooDeep.kind === "rejected" && tooDeep.path.length).toBeLessThan(500);
    expect(scan(within(toSpan, span), signals.traces.request, { ...defaultScanLimits, maxDepth: 3 }).kind).toBe(
      "scanned",
    );
    expect(scan(within(toSpan, span), signals.traces.request, { ...defaultScanLimits, maxDepth: 2 }).kind).toBe(
      "rejected",
    );
  });

  it.each<[SignalName, Uint8Array, number]>([
    ["traces", within([1, 2], "1200".repeat(10)), 12],
    ["traces", Buffer.from("0a00".repeat(10), "hex"), 10],
    ["metrics", within([1, 2], "1200".repeat(10)), 12],
    ["metrics", within([...toMetric, 5], "0a00".repeat(10)), 14],
    ["metrics", within(toMetric, "2a020a00".repeat(10)), 23],
    ["logs", within([1, 2], "1200".repeat(10)), 12],
  ])("limits the items of %s and the groups that could hold some (%#)", (name, body, maxItems) => {
    expect(scan(body, signals[name].request, { ...defaultScanLimits, maxItems }).kind).toBe("scanned");
    const message = `The request has more than ${maxItems - 1} ${signals[name].request.itemNoun} and groups of them.`;
    const rejected = { kind: "rejected", message, isTooLarge: true };
    expect(scan(body, signals[name].request, { ...defaultScanLimits, maxItems: maxItems - 1 })).toMatchObject(rejected);
  });

  it("stops at the limit in a request of 64 MiB that is nothing but empty spans", () => {
    const body = lengthDelimited(1, lengthDelimited(2, Buffer.alloc(64 * 2 ** 20 - 64, "1200", "hex")));
    expect(scan(body, signals.traces.request)).toMatchObject({ kind: "rejected", isTooLarge: true });
  });

  it.each([
    ["200 000 nested arrays", within([...toSpan, 9, 2], nest(200_000))],
    ["200 000 nested groups", Buffer.concat([Buffer.alloc(200_000, 0x0b), Buffer.alloc(200_000, 0x0c)])],
    ["a million unknown fields", Buffer.alloc(2_000_000, "7801", "hex")],
    ["a million empty resources and a bad one", Buffer.concat([Buffer.alloc(2_000_000, "0a00", "hex"), hex("0801")])],
  ])("answers %s at once", (_, body) => {
    const start = performance.now();
    scan(body, signals.traces.request);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("counts the items of what real SDKs send, in the Collector's field order as well", async () => {
    for (const name of signalNames) {
      for (const size of corpusSizes) {
        const { protobuf, items } = await corpusCase(name, size);
        expect(scan(protobuf, signals[name].request)).toEqual({ kind: "scanned", items });
        if (size === "large") continue;
        const reversed = rearrange(protobuf, signals[name].request, asCollectorWrites);
        expect(scan(reversed, signals[name].request)).toEqual({ kind: "scanned", items });
      }
    }
  });

  it("accepts the beginning of a request only where a resource ends", async () => {
    const { protobuf } = await corpusCase("metrics", "small");
    for (let end = 1; end < protobuf.length; end++) {
      const scanned = scan(protobuf.subarray(0, end), signals.metrics.request);
      if (scanned.kind === "scanned") expect(protobuf[end]).toBe(0x0a);
    }
  });
});

/** `content` inside messages of the given field numbers, outermost first. */
function within(numbers: readonly number[], content: string | Uint8Array): Uint8Array {
  const inner = typeof content === "string" ? hex(content) : content;
  return numbers.toReversed().reduce((bytes, number) => lengthDelimited(number, bytes), inner);
}

/** An AnyValue that holds `depth` arrays inside each other; built inside out, in one buffer. */
function nest(depth: number): Uint8Array {
  const reversed: number[] = [];
  for (let level = 0; level < depth; level++) {
    for (const tag of level === 0 ? [0x2a] : [0x0a, 0x2a]) {
      pushLength(reversed);
      reversed.push(tag);
    }
  }
  return Uint8Array.from(reversed.reverse());
}

function pushLength(reversed: number[]): void {
  const bytes: number[] = [];
  let rest = reversed.length;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  reversed.push(...[...bytes, rest].reverse());
}

function hex(text: string): Uint8Array {
  return Buffer.from(text, "hex");
}
