import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTextFiles } from "../../shared/node/text-files.ts";
import { temporaryDirectory } from "../support/disk/stand.ts";

describe("createTextFiles()", () => {
  it("reads a file again after a while, and keeps its last text while it is not there", () => {
    const path = join(temporaryDirectory(), "token");
    let now = 0;
    const readText = createTextFiles({ monotonic: () => now });
    expect(() => readText(path)).toThrow(/ENOENT/);
    writeFileSync(path, "one");
    expect(readText(path)).toBe("one");
    writeFileSync(path, "two");
    expect(readText(path)).toBe("one");
    now += 6000;
    expect(readText(path)).toBe("two");
    rmSync(path);
    now += 6000;
    expect(readText(path)).toBe("two");
  });
});
