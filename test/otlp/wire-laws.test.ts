import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspect } from "../../shared/batch/inspect.ts";
import { formatOf, signals } from "../../shared/otlp/signals.ts";
import { signalNames } from "../../shared/signal.ts";
import { merge } from "../../shared/wire/merge.ts";
import { scan } from "../../shared/wire/scan.ts";
import { split } from "../../shared/wire/split.ts";
import { arbitraryRequest } from "../support/otlp/arbitrary-request.ts";
import { oracle } from "../support/otlp/oracle.ts";
import { asCollectorWrites, countOf, leavesOf, rearrange, type WireField } from "../support/otlp/wire-tree.ts";

const runs = { seed: 20_260_115, numRuns: 150 };

describe.each(signalNames)("the wire code, for any %s", (name) => {
  const signal = signals[name];
  /** As the official codec writes, as the Collector writes, and with fields that nobody knows in every message. */
  const anyRequest = fc
    .tuple(
      arbitraryRequest(name),
      fc.constantFrom((fields: WireField[]) => fields, asCollectorWrites, withUnknown),
    )
    .map(([bytes, arrange]) => rearrange(bytes, signal.request, arrange));

  it("scan accepts what the official codec encodes, and counts the same", () => {
    fc.assert(
      fc.property(anyRequest, (bytes) => {
        const items = countOf(bytes, signal.request);
        expect(scan(bytes, signal.request)).toEqual({ kind: "scanned", items });
        expect(() => oracle[name].decode(bytes)).not.toThrow();
      }),
      runs,
    );
  });

  it("split keeps every item with its headers, in order and within the limits", () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 5 }),
        (bytes, maxBytes, maxItems) => {
          const { parts, tooLarge } = split(bytes, signal.request, { maxBytes, maxItems });
          for (const part of parts) {
            expect(part.bytes.length).toBeLessThanOrEqual(maxBytes);
            expect(part.items).toBeLessThanOrEqual(maxItems);
            expect(scan(part.bytes, signal.request)).toEqual({ kind: "scanned", items: part.items });
          }
          for (const report of tooLarge) expect(report.bytes > maxBytes || report.items > maxItems).toBe(true);
          const leaves = parts.flatMap((part) => leavesOf(part.bytes, signal));
          const all = leavesOf(bytes, signal);
          if (tooLarge.length === 0) expect(leaves).toEqual(all);
          else expect(all.filter((leaf) => leaves.includes(leaf))).toEqual(leaves);
          const items = [...parts, ...tooLarge].reduce((sum, part) => sum + part.items, 0);
          expect(items).toBe(countOf(bytes, signal.request));
        },
      ),
      runs,
    );
  });

  it("merge adds up, and what it merged can be split again", () => {
    fc.assert(
      fc.property(fc.array(arbitraryRequest(name), { maxLength: 4 }), (requests) => {
        const merged = merge(requests);
        const sum = requests.reduce((items, request) => items + countOf(request, signal.request), 0);
        expect(scan(merged, signal.request)).toEqual({ kind: "scanned", items: sum });
        const { parts } = split(merged, signal.request, { maxBytes: merged.length, maxItems: 2 });
        const leaves = parts.flatMap((part) => leavesOf(part.bytes, signal));
        expect(leaves).toEqual(leavesOf(Buffer.concat(requests), signal));
      }),
      { ...runs, numRuns: 60 },
    );
  });

  it("nothing throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(["scanned", "rejected"]).toContain(scan(bytes, signal.request).kind);
        inspect(bytes, formatOf(signal));
      }),
      { ...runs, numRuns: 2000 },
    );
  });
});

function withUnknown(fields: WireField[]): WireField[] {
  const [first, ...rest] = [21, 500, 70_000].map((number) => ({ number, wireType: 0, raw: unknownVarint(number) }));
  return first ? [first, ...fields, ...rest] : fields;
}

function unknownVarint(number: number): Uint8Array {
  const bytes: number[] = [];
  let rest = number * 8;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest, 7]);
}
