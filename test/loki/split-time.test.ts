import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinTime, splitTime } from "../../shared/loki/split-time.ts";

const time = fc.bigInt({ min: -(1n << 66n), max: 1n << 66n });

describe("splitTime() and joinTime()", () => {
  it("are as arithmetic on whole numbers says", () => {
    fc.assert(
      fc.property(time, (unixNano) => {
        const { seconds, nanos } = splitTime(unixNano);
        expect(nanos >= 0 && nanos < 1e9).toBe(true);
        expect(BigInt(seconds) * 1_000_000_000n + BigInt(nanos)).toBe(unixNano);
        expect(joinTime(seconds, nanos)).toBe(unixNano);
      }),
    );
  });

  it.each([0n, 1n, 999_999_999n, 1_000_000_000n, 1_790_000_000_123_456_789n, (1n << 63n) - 1n, 1n << 63n, -1n])(
    "split and join %d",
    (unixNano) => {
      const { seconds, nanos } = splitTime(unixNano);
      expect(joinTime(seconds, nanos)).toBe(unixNano);
    },
  );
});
