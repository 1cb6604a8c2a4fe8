import { describe, expect, it } from "vitest";
import { createHeadReader, readResponseHead } from "../../shared/http/response-head.ts";

const first = "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Length: 0";
const second = first.replace("200 OK", "503 Busy");

describe("createHeadReader()", () => {
  it("reads as readResponseHead() does, whatever came before", () => {
    const read = createHeadReader();
    const broken = "HTTP/1.1 200 OK\r\nno colon";
    for (const text of [first, first, second, first, broken, broken, first]) {
      expect(read(text)).toEqual(readResponseHead(text));
    }
  });

  it("reads a head that comes again once, and keeps no long one", () => {
    const read = createHeadReader();
    expect(read(first)).toBe(read(first));
    const long = `${first}\r\nx: ${"y".repeat(2000)}`;
    expect(read(long)).not.toBe(read(long));
  });
});
