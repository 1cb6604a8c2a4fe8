import { describe, expect, it } from "vitest";
import { readPassing } from "../../shared/readable/passing.ts";

describe("readPassing()", () => {
  it("makes a line of each item of OTLP, and knows where it comes from", () => {
    const body = { stringValue: "hello" };
    const content = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }, { body }] }] }] });
    const read = readPassing(`[IN] from a.b: logs, items: 2, bytes: 9, content: ${content}`);
    expect(read).toMatchObject({ way: "in", peer: "a.b" });
    expect(read.lines.map((line) => line.includes("hello"))).toEqual([true, true]);
  });

  it("makes lines of what a cut request has left", () => {
    const record = '{"body":{"stringValue":"he said \\"}{\\""}}';
    const content = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record},${record},{"body":{"stri…`;
    const { lines } = readPassing(`[OUT] to a: logs, items: 9, bytes: 9, content: ${content}`);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('he said "}{"');
    expect(lines[2]).toBe("…of 9 items in all");
  });

  it.each([
    [
      "[OUT] to m.x/loki.echo.e: entry: two\nlines",
      { way: "out", peer: "m.x/loki.echo.e", lines: ["entry: two\nlines"] },
    ],
    ['[OUT]: {a="b"}', { way: "out", peer: "", lines: ['{a="b"}'] }],
    ["3 more were left out", { way: "note", peer: "", lines: ["3 more were left out"] }],
    ["[IN] from a: logs, items: 2, bytes: 9, content: {cu…", { lines: ["logs, items: 2, bytes: 9, content: {cu…"] }],
  ])("reads %j", (text, read) => {
    expect(readPassing(text)).toMatchObject(read);
  });
});
