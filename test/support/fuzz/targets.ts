import { createAlloyTarget } from "./alloy.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { createIngestTarget } from "./ingest.ts";
import { createObjectsTarget } from "./objects.ts";
import { createSimulationTarget } from "./simulation.ts";
import { createSubscriptionTarget } from "./subscription.ts";
import { createTranscodeTarget } from "./transcode.ts";
import { createWireTarget } from "./wire.ts";

type Targets = Readonly<Record<string, () => Promise<FuzzTarget>>>;

/** Everything that hostile input reaches: a new target is a row here. */
export const fuzzTargets: Targets = {
  wire: createWireTarget,
  transcode: createTranscodeTarget,
  ingest: createIngestTarget,
  alloy: createAlloyTarget,
  objects: createObjectsTarget,
  subscription: createSubscriptionTarget,
};

/** Those, and the simulated worlds: they have a test of their own (`test/simulation`). */
export const allTargets: Targets = { ...fuzzTargets, simulation: createSimulationTarget };
