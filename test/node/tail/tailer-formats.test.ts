import { writeFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { textDecoding } from "../../../shared/node/tail/text-decoding.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
beforeEach(() => {
  stand = tailStand();
});
afterEach(() => stand.remove());

describe("createTailer()", () => {
  it.each([
    ["utf-16le", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("aĊ\nb\r\n", "utf16le")])],
    ["", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("aĊ\nb\r\n", "utf16le")])],
    ["utf-16be", Buffer.from("aĊ\nb\r\n", "utf16le").swap16()],
    ["utf-8", Buffer.from("\ufeffaĊ\nb\n")],
  ])("reads %s with and without a mark", async (encoding, bytes) => {
    writeFileSync(stand.file("a.log"), bytes);
    const decoding = textDecoding(encoding);
    if (decoding === undefined) throw new Error(encoding);
    await stand.readAll("a.log", ["aĊ", "b"], { decoding });
  });

  it("reads encodings of one byte", async () => {
    writeFileSync(stand.file("a.log"), Buffer.from([0xe9, 0x0a]));
    const decoding = textDecoding("iso-8859-1");
    if (decoding === undefined) throw new Error("iso-8859-1");
    await stand.readAll("a.log", ["é"], { decoding });
    expect(textDecoding("klingon")).toBeUndefined();
  });

  it.each([
    ["gz", gzipSync("a\nb\nend")],
    ["bz2", Buffer.from("QlpoOTFBWSZTWaoL4AgAAAFBAAAQNgEgACGADAE5MtxdyRThQkKoL4Ag", "base64")],
    ["z", deflateSync("a\nb\nend")],
  ] as const)("reads a %s file once, with a last line without newline", async (compression, bytes) => {
    writeFileSync(stand.file("a.log"), bytes);
    await stand.readAll("a.log", ["a", "b", "end"], { compression });
    await stand.readAll("a.log", [], { compression });
  });

  it("leaves a compressed file alone for as long as it is told", async () => {
    let now = Date.now();
    writeFileSync(stand.file("a.log"), gzipSync("a\n").subarray(0, 10));
    const options = { compression: "gz", compressedDelayMs: 1000, now: () => now } as const;
    const { lines, kinds, stop } = await stand.run(["a.log"], options);
    writeFileSync(stand.file("a.log"), gzipSync("a\n"));
    now += 999;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(kinds()).toEqual([]);
    now += 1;
    await until(() => lines().length === 1);
    await stop();
  });

  it("tells when a compressed file is broken, after the lines that could be read", async () => {
    writeFileSync(stand.file("a.log"), gzipSync("a\nb\n".repeat(50_000)).subarray(0, -20));
    const tail = await stand.run(["a.log"], { compression: "gz" });
    await until(() => tail.kinds().includes("failed"));
    await tail.stop();
  });
});
