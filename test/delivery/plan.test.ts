import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import { type PlanLimits, plan } from "../../shared/delivery/plan.ts";
import type { SignalName } from "../../shared/signal.ts";

const limits = { maxExportBytes: 1000, maxExportItems: 10 };

function batch(given: Partial<Batch> = {}): Batch {
  const payload = new Uint8Array();
  return {
    format: "otlp/traces",
    destination: "a",
    items: 1,
    bytes: 100,
    encoding: "gzip",
    payload,
    acceptedAt: 1,
    ...given,
  };
}

function planned(batches: readonly Batch[], how: PlanLimits = limits): readonly (readonly Batch[])[] {
  return plan(
    batches.map((each) => [each]),
    how,
  );
}

/** Positions in `batches`, export by export. */
function indexes(batches: readonly Batch[]): number[][] {
  return planned(batches).map((merged) => merged.map((each) => batches.indexOf(each)));
}

describe("plan()", () => {
  it("lets a large gzip batch travel alone where it is told to, and merges the others around it", () => {
    const batches = [batch(), batch({ bytes: 400 }), batch(), batch({ bytes: 400, encoding: "identity" })];
    const exports = planned(batches, { ...limits, passBytes: 300 });
    expect(exports.map((merged) => merged.map((each) => batches.indexOf(each)))).toEqual([[0, 2, 3], [1]]);
  });

  it("merges batches of one signal and destination", () => {
    const batches = [
      batch(),
      batch({ format: "otlp/logs" }),
      batch(),
      batch({ destination: "b" }),
      batch({ format: "otlp/logs" }),
    ];
    expect(indexes(batches)).toEqual([[0, 2], [1, 4], [3]]);
  });

  it("keeps a group together", () => {
    const [a1, a2, b1] = [batch({ bytes: 600 }), batch({ bytes: 300 }), batch({ bytes: 200 })];
    expect(plan([[a1, a2], [b1]], limits)).toEqual([[a1, a2], [b1]]);
  });

  it("starts with the oldest", () => {
    const batches = [batch({ acceptedAt: 3 }), batch({ acceptedAt: 1, format: "otlp/logs" }), batch({ acceptedAt: 2 })];
    expect(indexes(batches)).toEqual([[1], [2, 0]]);
  });

  it("lets a batch that exceeds a limit by itself travel alone", () => {
    const batches = [batch(), batch({ bytes: 5000 }), batch({ items: 100 }), batch()];
    expect(indexes(batches)).toEqual([[0], [1], [2], [3]]);
  });

  it("loses, doubles and mixes nothing, and keeps the limits", () => {
    const arbitrary = fc.record({
      signal: fc.constantFrom<SignalName>("traces", "metrics", "logs"),
      destination: fc.constantFrom("a", "b"),
      items: fc.nat(12),
      bytes: fc.nat(1200),
      acceptedAt: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(arbitrary), (given) => {
        const batches = given.map(batch);
        const exports = planned(batches);
        expect(
          indexes(batches)
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(batches.map((_, index) => index));
        for (const merged of exports) {
          expect(new Set(merged.map(({ format, destination }) => format + destination)).size).toBe(1);
          const bytes = merged.reduce((sum, each) => sum + each.bytes, 0);
          const items = merged.reduce((sum, each) => sum + each.items, 0);
          expect(merged.length === 1 || (bytes <= limits.maxExportBytes && items <= limits.maxExportItems)).toBe(true);
        }
      }),
    );
  });
});
