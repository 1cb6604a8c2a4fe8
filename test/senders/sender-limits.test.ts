import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sender } from "../../shared/sender.ts";
import { type Admission, createSenderLimits } from "../../shared/senders/sender-limits.ts";
import { createManualClock } from "../support/manual-clock.ts";

function sender(name: string, given: Partial<Sender["rates"]> = {}, weight = 1): Sender {
  return { name, attributes: new Map(), rates: { burstMs: 1000, ...given }, weight };
}

describe("createSenderLimits()", () => {
  it("limits bytes and items, each sender by itself, and says which limit it is", () => {
    const clock = createManualClock();
    const limits = createSenderLimits({ clock });
    const a = sender("a", { maxBytesPerSecond: 100 });
    const b = sender("b", { maxItemsPerSecond: 10 });
    expect(limits.admit(a, { bytes: 100, items: 1000 }).kind).toBe("admitted");
    expect(limits.admit(a, { bytes: 50, items: 1 })).toEqual({ kind: "limited", limit: "bytes", retryAfterMs: 500 });
    expect(limits.admit(b, { bytes: 1e9, items: 10 }).kind).toBe("admitted");
    expect(limits.admit(b, { bytes: 1, items: 10 })).toEqual({ kind: "limited", limit: "items", retryAfterMs: 1000 });
    clock.advance(500);
    expect(limits.admit(a, { bytes: 50, items: 1 }).kind).toBe("admitted");
  });

  it("turns a sender away before it has sent anything, for as long as not even one byte passes", () => {
    const clock = createManualClock();
    const limits = createSenderLimits({ clock });
    const a = sender("a", { maxBytesPerSecond: 100 });
    expect(limits.refusal(a)).toBeUndefined();
    limits.admit(a, { bytes: 300, items: 1 });
    expect(limits.refusal(a)).toEqual({ kind: "limited", limit: "bytes", retryAfterMs: 2010 });
    clock.advance(2010);
    expect(limits.refusal(a)).toBeUndefined();
    expect(limits.refusal(sender("b"))).toBeUndefined();
  });

  it("gives back what was not accepted: a sender does not pay for an outage", () => {
    const limits = createSenderLimits({ clock: createManualClock() });
    const a = sender("a", { maxItemsPerSecond: 10 });
    const cost = { bytes: 1, items: 10 };
    const once = (outcome: "accepted" | "not accepted") => {
      const admission = limits.admit(a, cost);
      if (admission.kind === "admitted") admission.done(outcome);
      return admission.kind;
    };
    expect([once("not accepted"), once("accepted"), once("accepted")]).toEqual(["admitted", "admitted", "limited"]);
  });

  it("divides the rates among processes", () => {
    const limits = createSenderLimits({ clock: createManualClock(), dividedBy: 4 });
    const a = sender("a", { maxItemsPerSecond: 400 });
    expect(limits.admit(a, { bytes: 1, items: 100 }).kind).toBe("admitted");
    expect(limits.admit(a, { bytes: 1, items: 100 })).toMatchObject({ retryAfterMs: 1000 });
  });

  it("bounds what a sender gets into several environments by their number, as docs/senders.md computes it", () => {
    const [environments, dividedBy, rate, burstMs, item] = [20, 5, 1000, 10_000, 7];
    const clock = createManualClock();
    const all = Array.from({ length: environments }, () => createSenderLimits({ clock, dividedBy }));
    const a = sender("a", { maxItemsPerSecond: rate, burstMs });
    let accepted = 0;
    for (let second = 0; second < 30; second += 1) {
      for (const limits of all) {
        for (let admission = limits.admit(a, { bytes: 1, items: item }); admission.kind === "admitted"; ) {
          admission.done("accepted");
          accepted += item;
          admission = limits.admit(a, { bytes: 1, items: item });
        }
      }
      clock.advance(1000);
    }
    const bound = (environments / dividedBy) * rate * (30 + burstMs / 1000) + environments * item;
    expect(accepted).toBeLessThanOrEqual(bound);
    expect(accepted).toBeGreaterThan(bound * 0.9);
  });

  it("takes new settings over with what is used up of the old ones", () => {
    const limits = createSenderLimits({ clock: createManualClock() });
    limits.admit(sender("a", { maxItemsPerSecond: 100 }), { bytes: 1, items: 90 });
    const next = sender("a", { maxItemsPerSecond: 1000 });
    expect(limits.admit(next, { bytes: 1, items: 11 }).kind).toBe("limited");
    expect(limits.admit(next, { bytes: 1, items: 10 }).kind).toBe("admitted");
    expect(limits.admit(sender("a"), { bytes: 1, items: 1e6 }).kind).toBe("admitted");
  });

  it("keeps room for a sender, whatever the others hold", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
    const requests = fc.array(
      fc.record({ from: fc.nat(5), bytes: fc.integer({ min: 1, max: 400 }), ends: fc.boolean() }),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(weights, requests, (given, sent) => {
        const senders = given.map((weight, index) => sender(`s${index}`, {}, weight));
        const memory = { maxBytes: 1000, senders: () => senders };
        const limits = createSenderLimits({ clock: createManualClock(), memory });
        const sum = given.reduce((all, weight) => all + weight, 0);
        const held = new Map<Sender, number>();
        const open: { admission: Admission; from: Sender; bytes: number }[] = [];
        for (const { from: index, bytes, ends } of sent) {
          const from = senders[index % senders.length] as Sender;
          const before = held.get(from) ?? 0;
          const admission = limits.admit(from, { bytes, items: 1 });
          const isOwed = before + bytes <= (500 * from.weight) / sum;
          if (isOwed) expect(admission.kind).toBe("admitted");
          if (admission.kind === "admitted") {
            held.set(from, before + bytes);
            open.push({ admission, from, bytes });
          } else expect(admission).toMatchObject({ limit: "share", retryAfterMs: 1000 });
          const all = [...held.values()].reduce((total, each) => total + each, 0);
          expect(all).toBeLessThanOrEqual(1000);
          const [oldest] = open;
          if (!ends || oldest?.admission.kind !== "admitted") continue;
          open.shift();
          oldest.admission.done("accepted");
          held.set(oldest.from, (held.get(oldest.from) ?? 0) - oldest.bytes);
        }
      }),
    );
  });
});
