import { type Clock, monotonic } from "../clock.ts";
import type { Sender } from "../sender.ts";
import { createRate, type Rate } from "./rate.ts";

/** What a request costs its sender. */
export interface Cost {
  readonly bytes: number;
  readonly items: number;
}

/** Why a sender has to wait: one of its rates, or its share of the memory for requests in flight. */
export type Limit = "bytes" | "items" | "share";

/** A request is let in, until `done`; or its sender has to wait. */
export type Admission =
  | { readonly kind: "admitted"; done(outcome: "accepted" | "not accepted"): void }
  | { readonly kind: "limited"; readonly limit: Limit; readonly retryAfterMs: number };

/** Keeps each sender within its own limits, so that none takes the place of another. */
export interface SenderLimits {
  admit(sender: Sender, cost: Cost): Admission;
  /** Whether the sender has to wait whatever it sends: asked before a body is read. */
  refusal(sender: Sender): Extract<Admission, { kind: "limited" }> | undefined;
}

export interface SenderLimitsOptions {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** Among how many processes rates are divided: each has an equal part. */
  readonly dividedBy?: number;
  /** Bytes that requests in flight may hold, where requests of several senders are in flight; and all senders. */
  readonly memory?: { readonly maxBytes: number; senders(): readonly Sender[] };
}

interface State {
  sender: Sender;
  rates: readonly Named[];
  held: number;
}

interface Named {
  readonly limit: "bytes" | "items";
  readonly rate: Rate;
}

/** Half of the memory is for whoever comes first; the other half is divided among the senders, and kept free for each. */
const commonShare = 0.5;
const busyRetryMs = 1000;

/** Limits by the senders' settings; new settings are taken over with what a sender has used up of the old ones. */
export function createSenderLimits({ clock, dividedBy = 1, memory }: SenderLimitsOptions): SenderLimits {
  const states = new Map<string, State>();
  let heldByAll = 0;

  function stateOf(sender: Sender): State {
    const known = states.get(sender.name);
    if (known?.sender === sender) return known;
    const state = known ?? { sender, rates: [], held: 0 };
    state.rates = ratesOf(sender, state.rates);
    state.sender = sender;
    states.set(sender.name, state);
    return state;
  }

  function ratesOf({ rates }: Sender, before: readonly Named[]): readonly Named[] {
    const { maxBytesPerSecond, maxItemsPerSecond, burstMs } = rates;
    const limits = { bytes: maxBytesPerSecond, items: maxItemsPerSecond } as const;
    return (["bytes", "items"] as const).flatMap((limit) => {
      const perSecond = (limits[limit] ?? 0) / dividedBy;
      if (perSecond <= 0) return [];
      const now = monotonic(clock);
      const burst = Math.max(1, (perSecond * burstMs) / 1000);
      const rate = createRate({ perSecond, burst }, now);
      const left = before.find((each) => each.limit === limit)?.rate.level(now);
      if (left !== undefined && left < burst) rate.take(burst - left, now);
      return [{ limit, rate }];
    });
  }

  return {
    admit(sender, cost) {
      const state = stateOf(sender);
      const now = monotonic(clock);
      const limited = longest(state.rates.map(({ limit, rate }) => ({ limit, ms: rate.waitMs(cost[limit], now) })));
      if (limited) return limited;
      if (!hasRoom(state, cost.bytes)) return { kind: "limited", limit: "share", retryAfterMs: busyRetryMs };
      for (const { limit, rate } of state.rates) rate.take(cost[limit], now);
      state.held += cost.bytes;
      heldByAll += cost.bytes;
      return {
        kind: "admitted",
        done(outcome) {
          state.held -= cost.bytes;
          heldByAll -= cost.bytes;
          if (outcome === "not accepted") for (const { limit, rate } of state.rates) rate.giveBack(cost[limit]);
        },
      };
    },
    refusal(sender) {
      const now = monotonic(clock);
      return longest(stateOf(sender).rates.map(({ limit, rate }) => ({ limit, ms: rate.waitMs(1, now) })));
    },
  };

  function hasRoom({ sender, held }: State, bytes: number): boolean {
    if (!memory || heldByAll + bytes <= memory.maxBytes * commonShare) return true;
    const weights = memory.senders().reduce((sum, { weight }) => sum + weight, 0);
    const own = (memory.maxBytes * (1 - commonShare) * sender.weight) / Math.max(weights, sender.weight);
    return held + bytes <= own;
  }
}

function longest(waits: readonly { limit: Limit; ms: number }[]): Extract<Admission, { kind: "limited" }> | undefined {
  const [worst] = waits.filter(({ ms }) => ms > 0).sort((one, other) => other.ms - one.ms);
  return worst && { kind: "limited", limit: worst.limit, retryAfterMs: worst.ms };
}
