import { simulate } from "../simulation/run-simulation.ts";
import { demand, type FuzzTarget } from "./fuzz.ts";

/** Worlds of other seeds than the tests run: a finding prints its seed and its story. */
export async function createSimulationTarget(): Promise<FuzzTarget> {
  const nothing = [new Uint8Array(0)];
  return {
    name: "simulation",
    seeds: { traces: nothing, metrics: nothing, logs: nothing },
    async check({ dice }) {
      const { violations, text } = await simulate(dice.below(2 ** 31));
      demand(violations.length === 0, text);
      return true;
    },
  };
}
