import { describe, expect, it } from "vitest";
import { parseTimeout } from "../../shared/grpc/timeout.ts";

describe("parseTimeout()", () => {
  it.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["10S", 10_000],
    ["9999999m", 9_999_999],
    ["1500u", 1.5],
    ["1000000n", 1],
    ["0S", 0],
    ["00000001S", 1000],
  ])("reads %s as %d ms", (header, ms) => {
    expect(parseTimeout(header)).toBe(ms);
  });

  it.each([undefined, "", "10", "S", "-1S", "1.5S", "123456789S", "10s", "10 S", "1S,2S", " 1S", "1Sx", "99999999H"])(
    "takes %j for no deadline",
    (header) => {
      expect(parseTimeout(header)).toBeUndefined();
    },
  );
});
