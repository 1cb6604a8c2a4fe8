import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { gunzip, gzip, isGzipMember } from "../../shared/compression/gzip.ts";

describe("gzip()", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a few bytes", Buffer.from("abc")],
    ["as much as is compressed at once", Buffer.alloc(262_144, "span ")],
    ["as much of what cannot be compressed", randomBytes(262_144)],
    ["more than that", Buffer.alloc(1_000_000, "span ")],
  ])("makes one member of %s", async (_, bytes) => {
    const compressed = await gzip(bytes);
    expect(isGzipMember(compressed, bytes.length)).toBe(true);
    expect(Buffer.from(await gunzip(compressed, bytes.length)).equals(bytes)).toBe(true);
  });

  it("leaves what it made before as it was", async () => {
    const first = await gzip(Buffer.from("first".repeat(100)));
    const copy = Buffer.from(first);
    await gzip(Buffer.from("second".repeat(1000)));
    expect(Buffer.from(first).equals(copy)).toBe(true);
  });
});
