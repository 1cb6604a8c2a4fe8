import { describe, expect, it } from "vitest";
import { createProgress } from "../../../cli/terminal/progress.ts";

function terminal(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: unknown) => written.push(String(text)) > 0;
  return { written, stream: { isTTY, write } };
}

describe("createProgress()", () => {
  it("draws over itself, not more often than an eye can follow, and leaves nothing behind", () => {
    const { written, stream } = terminal(true);
    const progress = createProgress("Replaying", stream);
    for (let done = 1; done < 1000; done++) progress.show(done, 1000);
    expect(written.length).toBeLessThan(10);
    progress.show(1000, 1000);
    expect(written.at(-1)).toBe(`\r\u001b[KReplaying [${"#".repeat(30)}] 1000/1000`);
    progress.clear();
    expect(written.at(-1)).toBe("\r\u001b[K");
  });

  it("is silent where nobody watches", () => {
    const { written, stream } = terminal(false);
    const progress = createProgress("Replaying", stream);
    progress.show(1, 1);
    progress.say("waiting");
    progress.clear();
    expect(written).toEqual([]);
  });
});
