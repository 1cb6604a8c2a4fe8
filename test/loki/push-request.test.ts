import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../shared/loki/entry.ts";
import { labelSet, parseLabels } from "../../shared/loki/labels.ts";
import { createPushWriter } from "../../shared/loki/push-writer.ts";
import { readPushJson } from "../../shared/loki/read-push-json.ts";
import { readPushRequest } from "../../shared/loki/read-push-request.ts";

interface Case {
  readonly name: string;
  readonly content: {
    readonly streams: readonly {
      readonly labels: string;
      readonly entries: readonly {
        readonly line: string;
        readonly timeUnixNano: string;
        readonly structuredMetadata?: Readonly<Record<string, string>>;
      }[];
    }[];
  };
  readonly hex: string;
}

const file = new URL("../fixtures/loki-push.json", import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(file, "utf8")).cases;

function entriesOf({ content }: Case): Entry[] {
  return content.streams.flatMap(({ labels, entries }) => {
    const parsed = parseLabels(labels);
    if (parsed.kind === "invalid") throw new Error(parsed.reason);
    return entries.map(({ line, timeUnixNano, structuredMetadata = {} }) => ({
      labels: parsed.labels,
      timeUnixNano: BigInt(timeUnixNano),
      line,
      metadata: labelSet(Object.entries(structuredMetadata)),
    }));
  });
}

function write(entries: readonly Entry[]): Uint8Array {
  const writer = createPushWriter();
  for (const entry of entries) writer.add(entry);
  return writer.finish();
}

describe("createPushWriter()", () => {
  it.each(cases)("writes the bytes of the generated encoder: $name", (each) => {
    expect(Buffer.from(write(entriesOf(each))).toString("hex")).toBe(each.hex);
  });

  it("counts what Loki counts, and is empty after it was finished", () => {
    const writer = createPushWriter();
    writer.add({ labels: [], timeUnixNano: 1n, line: "é", metadata: [{ name: "a", value: "bc" }] });
    expect([writer.entries, writer.contentBytes]).toEqual([1, 5]);
    writer.finish();
    expect([writer.entries, writer.contentBytes, writer.finish().length]).toEqual([0, 0, 0]);
  });
});

const label = fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.string({ unit: "grapheme", minLength: 1 }));
const entry = fc.record({
  labels: fc.array(label, { maxLength: 2 }).map(labelSet),
  timeUnixNano: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  line: fc.string({ unit: "grapheme", maxLength: 300 }),
  metadata: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 3 }),
});

describe("readPushRequest()", () => {
  it("reads what the writer wrote, stream by stream in order", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const read = readPushRequest(write(entries));
        const byStream = Map.groupBy(entries, ({ labels }) => JSON.stringify(labels));
        expect(read).toEqual({ kind: "entries", entries: [...byStream.values()].flat() });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readPushRequest(bytes)));
  });

  it("refuses a message that is cut off", () => {
    const bytes = write([{ labels: [], timeUnixNano: 5n, line: "hello", metadata: [] }]);
    expect(readPushRequest(bytes.subarray(0, -1)).kind).toBe("invalid");
  });
});

describe("readPushJson()", () => {
  it("reads streams with values and metadata", () => {
    const text =
      '{"streams":[{"stream":{"b":"2","a":"1"},"values":[["1700000000000000001","x",{"m":"n"}],["-5","y"]]}]}';
    const labels = labelSet([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(readPushJson(text)).toEqual({
      kind: "entries",
      entries: [
        { labels, timeUnixNano: 1_700_000_000_000_000_001n, line: "x", metadata: [{ name: "m", value: "n" }] },
        { labels, timeUnixNano: -5n, line: "y", metadata: [] },
      ],
    });
  });

  it("reads the older form", () => {
    const text =
      '{"streams":[{"labels":"{a=\\"1\\"}","entries":[{"ts":"2024-02-29T12:34:56.123456789Z","line":"x"}]}]}';
    expect(readPushJson(text)).toMatchObject({ entries: [{ timeUnixNano: 1_709_210_096_123_456_789n, line: "x" }] });
  });

  it.each([
    "",
    "[]",
    '{"streams":5}',
    '{"streams":[{"stream":{"a.b":"1"},"values":[]}]}',
    '{"streams":[{"stream":{},"values":[[5,"x"]]}]}',
    '{"streams":[{"stream":{},"values":[["soon","x"]]}]}',
    '{"streams":[{"stream":{},"values":[["5",null]]}]}',
  ])("refuses %s", (text) => {
    expect(readPushJson(text).kind).toBe("invalid");
  });
});
