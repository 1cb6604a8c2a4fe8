import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zip } from "../../infra/zip.ts";
import { unzip } from "../support/infra/unzip.ts";

describe("zip()", () => {
  it("holds its files", () => {
    const files = fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.uint8Array({ maxLength: 2000 }), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(files, (content) => {
        const archive = zip(Object.entries(content).map(([name, bytes]) => ({ name, bytes })));
        const found = Object.fromEntries([...unzip(archive)].map(([name, bytes]) => [name, new Uint8Array(bytes)]));
        expect(found).toEqual({ ...content });
      }),
    );
  });
});
