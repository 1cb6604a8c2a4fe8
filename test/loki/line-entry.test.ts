import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelSet } from "../../shared/loki/labels.ts";
import { LineEntry, lineLength, relabelled } from "../../shared/loki/line-entry.ts";
import { parseCri, parseCriBytes } from "../../shared/loki/parse-cri.ts";
import { textOf } from "../../shared/loki/text-of.ts";

const block = Buffer.from("first\nzwölf\nthird");

describe("LineEntry", () => {
  it("makes text of its bytes when it is asked", () => {
    const entry = LineEntry.ofBlock(block, 6, 12);
    expect(lineLength(entry)).toBe(6);
    expect(entry.line).toBe("zwölf");
    entry.line = "other";
    expect([entry.line, entry.block, lineLength(entry)]).toEqual(["other", undefined, 5]);
  });

  it.each([0n, 1n, -1n, 1_700_000_000_123_456_789n, -1_700_000_000_123_456_789n])("keeps %s as its time", (time) => {
    const entry = LineEntry.ofText("x");
    entry.timeUnixNano = time;
    expect(entry.timeUnixNano).toBe(time);
  });

  it("keeps everything but the labels when it gets others", () => {
    const labels = labelSet([["app", "x"]]);
    const entry = LineEntry.ofBlock(block, 0, 5);
    entry.timeUnixNano = 7n;
    for (const each of [entry, { labels: [], timeUnixNano: 7n, line: "first", metadata: [] }]) {
      const { line, timeUnixNano, metadata, labels: has } = relabelled(each, labels);
      expect({ line, timeUnixNano, metadata, labels: has }).toEqual({
        line: "first",
        timeUnixNano: 7n,
        metadata: [],
        labels,
      });
    }
    expect(entry.labels).toEqual([]);
  });
});

describe("textOf()", () => {
  it("gives the text of any bytes, whatever it gave before", () => {
    const texts = ["", "a", "info", "warn", "infö", "x".repeat(64), "x".repeat(65), "i\u0000fo"];
    for (const text of [...texts, ...texts, ...texts.toReversed()]) {
      const bytes = Buffer.from(`<${text}>`);
      expect(textOf(bytes, 1, bytes.length - 1)).toBe(text);
    }
  });

  it("does not take texts for each other that share their place", () => {
    for (let index = 0; index < 20_000; index += 1) {
      const text = `pod-${index % 7}-${index}`;
      expect(textOf(Buffer.from(text), 0, text.length)).toBe(text);
    }
  });
});

describe("parseCriBytes()", () => {
  const part = fc.constantFrom(
    "2024-02-29T12:34:56Z",
    "yesterday",
    " ",
    "stdout",
    "stderr",
    "stdin",
    "P",
    "F",
    "X",
    "é",
    "\t",
    "content",
    "",
  );

  it("is of one mind with the text, or leaves it to that", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), fc.boolean(), (parts, usual) => {
        const line = usual ? `2024-02-29T12:34:56Z stdout F${parts.join("")}` : parts.join("");
        const bytes = Buffer.from(`<${line}>`);
        const found = parseCriBytes(bytes, 1, bytes.length - 1);
        if (found === undefined) return;
        const { timeEnd, contentFrom, stream, isPartial } = found;
        const content = bytes.toString("utf8", contentFrom, bytes.length - 1);
        expect(parseCri(line)).toEqual({ time: bytes.toString("utf8", 1, timeEnd), stream, isPartial, content });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(["2024-02-29T12:34:56Z stdout F hello", "2024-02-29T12:34:56Z stderr P ", "x stdout F"])(
    "reads %s",
    (line) => {
      expect(parseCriBytes(Buffer.from(line), 0, line.length)).toBeDefined();
    },
  );
});
