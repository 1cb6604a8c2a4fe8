import { setImmediate as nextTurn } from "node:timers/promises";
import { type SignalName, signalNames } from "../../../shared/signal.ts";
import { createDice, type Dice, mutate } from "../otlp/mutate.ts";
import type { Seeds } from "./seeds.ts";

/** One input for a target: a mutated seed, of a signal, and dice for whatever else the target wants to vary. */
export interface FuzzInput {
  readonly bytes: Uint8Array;
  readonly signal: SignalName;
  readonly dice: Dice;
}

/** Something that hostile input must not break. `check` throws where a promise is broken; true means accepted. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: Seeds;
  check(input: FuzzInput): boolean | Promise<boolean>;
}

export interface FuzzReport {
  cases: number;
  accepted: number;
  /** The slowest case: milliseconds, and its number. */
  slowest: { ms: number; number: number };
  /** Broken promises, the first few of them, with what is needed to see them again. */
  readonly findings: { number: number; signal: SignalName; error: string; hex: string }[];
}

/** Breaks off a case with the promise that did not hold. */
export function demand(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(promise);
}

const maxFindings = 10;

/** Runs cases `from` until `isDone`; a case is determined by its number alone, so that a finding can be run again. */
export async function fuzz(
  target: FuzzTarget,
  from: number,
  isDone: (report: FuzzReport) => boolean,
): Promise<FuzzReport> {
  const report: FuzzReport = { cases: 0, accepted: 0, slowest: { ms: 0, number: from }, findings: [] };
  for (let number = from; !isDone(report) && report.findings.length < maxFindings; number++) {
    const input = inputOf(target, number);
    const start = performance.now();
    try {
      const accepted = target.check(input);
      if (accepted === true || (accepted !== false && (await accepted))) report.accepted++;
    } catch (error) {
      const hex = Buffer.from(input.bytes.subarray(0, 2000)).toString("hex");
      report.findings.push({ number, signal: input.signal, error: String(error), hex });
    }
    const ms = performance.now() - start;
    if (ms > report.slowest.ms) report.slowest = { ms, number };
    report.cases++;
    // What zlib holds is freed between turns of the event loop, as it is in a server.
    if (report.cases % 500 === 0) await nextTurn();
  }
  return report;
}

function inputOf(target: FuzzTarget, number: number): FuzzInput {
  const dice = createDice(number);
  const signal = signalNames[dice.below(signalNames.length)] as SignalName;
  const seeds = target.seeds[signal];
  const seed = seeds[dice.below(seeds.length)] as Uint8Array;
  const other = seeds[dice.below(seeds.length)] as Uint8Array;
  return { bytes: mutate(seed, dice, other), signal, dice };
}
