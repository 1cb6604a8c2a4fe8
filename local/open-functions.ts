import { openPipeline } from "../functions/open-pipeline.ts";
import type { RunningPipeline } from "../functions/pipeline/start-pipeline.ts";
import { unset } from "../functions/pipeline/unset.ts";
import type { Accept } from "../shared/batch/accept.ts";
import type { Config } from "../shared/config/resolve.ts";
import type { Destination } from "../shared/delivery/destination.ts";
import type { Emit } from "../shared/telemetry/events/events.ts";
import type { Metrics } from "../shared/telemetry/metrics/metrics.ts";

export interface OpenFunctionsOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly emit: Emit;
  readonly metrics: Metrics;
  readonly enqueueFor: (destination: string) => Accept;
  /** Shows what would go to a destination whose address is not set on this machine. */
  readonly receiver: Destination | undefined;
}

/** The pipeline that the functions would run, undefined where none is named. Rejects with the diagnostics when it cannot be used. */
export async function openFunctions({ config, receiver, ...options }: OpenFunctionsOptions) {
  const store = { current: () => config, variables: () => ({}) };
  const running = await openPipeline({ ...options, store, folder: process.cwd(), unset });
  return running && receiver ? shownBy(running, receiver) : running;
}

function shownBy({ destinations, ...running }: RunningPipeline, receiver: Destination): RunningPipeline {
  return {
    ...running,
    destinations: {
      ...destinations,
      candidates: (name) =>
        destinations.candidates(name).map((each) => (each.endpoint.startsWith(unset) ? { ...receiver, name } : each)),
    },
  };
}
