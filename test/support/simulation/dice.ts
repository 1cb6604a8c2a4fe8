import { seededRandom } from "../seeded-random.ts";

/** Chance for drawing worlds. */
export interface SimDice {
  /** 0 ≤ x < 1. */
  random(): number;
  /** A whole number, 0 ≤ n < `bound`. */
  below(bound: number): number;
  /** A whole number, `low` ≤ n ≤ `high`. */
  between(low: number, high: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** The same dice for the same seed. */
export function createSimDice(seed: number): SimDice {
  const random = seededRandom(Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1));
  const below = (bound: number) => Math.floor(random() * bound);
  return {
    random,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => random() < probability,
    pick<T>(from: readonly T[]): T {
      return from[below(from.length)] as T;
    },
  };
}
