import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { dockerLines } from "../../../shared/node/log-stream/docker-lines.ts";

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function read(bytes: Buffer, { hasTerminal = false, step = 7, maxLineBytes = 100 } = {}) {
  const problems: string[] = [];
  const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  );
  const lines: string[] = [];
  const options = { hasTerminal, maxLineBytes, onProblem: (problem: string) => void problems.push(problem) };
  for await (const some of dockerLines(Readable.from(chunks), options)) {
    lines.push(...some.map(({ timeUnixNano, stream, line }) => `${timeUnixNano} ${stream} ${line}`));
  }
  return { lines, problems };
}

const at = (second: number) => `1970-01-01T00:00:0${second}.000000001Z`;

describe("dockerLines()", () => {
  it.each([1, 7, 1000])("reads frames in chunks of %i bytes", async (step) => {
    const bytes = Buffer.concat([frame(1, `${at(1)} one\n`), frame(2, `${at(2)} two é\r\n`), frame(1, `${at(3)} \n`)]);
    const { lines } = await read(bytes, { step });
    expect(lines).toEqual(["1000000001 stdout one", "2000000001 stderr two é"]);
  });

  it("puts the pieces of a long line together, stream by stream", async () => {
    const pieces = [
      frame(1, `${at(1)} aa`),
      frame(2, `${at(2)} err\n`),
      frame(1, `${at(3)} bb`),
      frame(1, `${at(4)} cc\n`),
    ];
    expect((await read(Buffer.concat(pieces))).lines).toEqual(["2000000001 stderr err", "1000000001 stdout aabbcc"]);
  });

  it("gives a line that has no end when the log ends", async () => {
    expect((await read(frame(1, `${at(1)} open`))).lines).toEqual(["1000000001 stdout open"]);
  });

  it("reads what a terminal writes", async () => {
    const { lines, problems } = await read(Buffer.from(`${at(1)} one\r\nno time\n${at(2)} two\n`), {
      hasTerminal: true,
    });
    expect([lines, problems]).toEqual([["1000000001  one", "2000000001  two"], ["no-time"]]);
  });

  it("cuts a line that is too long, and tells", async () => {
    const { lines, problems } = await read(frame(1, `${at(1)} ${"x".repeat(20)}\n`), { maxLineBytes: 5 });
    expect([lines, problems]).toEqual([["1000000001 stdout xxxxx"], ["cut"]]);
  });

  it("replaces what is not UTF-8, in frames and from a terminal", async () => {
    const bad = Buffer.concat([Buffer.from(`${at(1)} a`), Buffer.from([0xff]), Buffer.from("b\n")]);
    const header = frame(1, "x".repeat(bad.length)).subarray(0, 8);
    expect((await read(Buffer.concat([header, bad]))).lines).toEqual(["1000000001 stdout a\ufffdb"]);
    expect((await read(bad, { hasTerminal: true })).lines).toEqual(["1000000001  a\ufffdb"]);
  });

  it("cuts no character in two", async () => {
    expect((await read(frame(1, `${at(1)} a\u00e9\n`), { maxLineBytes: 2 })).lines).toEqual(["1000000001 stdout a"]);
  });

  it("fails on what is not in frames", async () => {
    await expect(read(Buffer.from(`${at(1)} a terminal's line\n`))).rejects.toThrow("not a log in frames");
  });
});
