import { describe, expect, it } from "vitest";
import { freeBuffer } from "../shared/free-buffer.ts";

describe("freeBuffer()", () => {
  it("gives back what is the whole of its memory", () => {
    const bytes = new Uint8Array(64);
    freeBuffer(bytes);
    expect(bytes.length).toBe(0);
    expect(bytes.buffer.detached).toBe(true);
  });

  it("leaves what is a view of more alone, and what has no bytes", () => {
    const whole = new Uint8Array(64).fill(1);
    freeBuffer(whole.subarray(0, 63));
    freeBuffer(Buffer.from("one of the pool"));
    freeBuffer(Buffer.alloc(0));
    expect(whole).toEqual(new Uint8Array(64).fill(1));
    expect(Buffer.from("still there").toString()).toBe("still there");
  });
});
