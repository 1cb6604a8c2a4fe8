import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { journalEntries } from "../../../shared/node/log-stream/journal-export.ts";

function binary(name: string, value: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from("\n")]);
}

async function read(bytes: Buffer, step: number) {
  const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  );
  const found = [];
  for await (const fields of journalEntries(Readable.from(chunks))) found.push(Object.fromEntries(fields));
  return found;
}

describe("journalEntries()", () => {
  it.each([1, 3, 1000])("reads text and binary fields in chunks of %i bytes", async (step) => {
    const bytes = Buffer.concat([
      Buffer.from("__CURSOR=c1\nMESSAGE=hello=é\nPRIORITY=6\n\n"),
      Buffer.from("__CURSOR=c2\n"),
      binary("MESSAGE", Buffer.from("two\nlines\n\nand more")),
      Buffer.from("\n\n"),
    ]);
    expect(await read(bytes, step)).toEqual([
      { __CURSOR: "c1", MESSAGE: "hello=é", PRIORITY: "6" },
      { __CURSOR: "c2", MESSAGE: "two\nlines\n\nand more" },
    ]);
  });

  it("fails on a field without end", async () => {
    await expect(read(Buffer.concat([Buffer.from("MESSAGE\n"), Buffer.alloc(9, 0xff)]), 1000)).rejects.toThrow(
      "longer than",
    );
  });
});
