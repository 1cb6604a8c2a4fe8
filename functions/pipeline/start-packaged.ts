import { errorText } from "../../shared/error-text.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { componentHost } from "./component-host.ts";
import { createIntake } from "./intake.ts";
import { keptPipeline } from "./kept-pipeline.ts";
import type { PackagedNode } from "./packaged-node.ts";
import { createQueuedEgress } from "./queued-egress.ts";
import { runPackaged } from "./run-packaged.ts";
import type { RunningPipeline, StartPipelineOptions, startPipeline } from "./start-pipeline.ts";
import { variableOf } from "./variable-of.ts";

/**
 * Starts a pipeline that was read when its function was packaged; what a component depends on comes before it. `readsIt` gives what reads a pipeline as it stands in its file: for where this
 * one cannot be started, because that says why, and for when the settings or the variables are others.
 */
export async function startPackaged(
  nodes: readonly PackagedNode[],
  options: StartPipelineOptions,
  readsIt: () => Promise<typeof startPipeline>,
): Promise<RunningPipeline> {
  const { store, emit, metrics, enqueueFor } = options;
  const intake = createIntake();
  const { open: openEgress, destinations } = createQueuedEgress(enqueueFor);
  const host = componentHost({ emit, metrics, clock, random: Math.random, intake, openEgress });
  let known = { config: store.current(), variables: store.variables() };
  let isOutdated = false;
  const onExports = () => {
    isOutdated = true;
  };
  let stop: () => Promise<void>;
  try {
    stop = await runPackaged(nodes, { host, variable: variableOf(options), onExports });
  } catch {
    return (await readsIt())(options);
  }
  let running: Pick<RunningPipeline, "accept" | "destinations"> = { accept: intake.accept, destinations };
  let reread: RunningPipeline | undefined;

  return {
    accept: (request, abort) => running.accept(request, abort),
    destinations: {
      candidates: (name) => running.destinations.candidates(name),
      refused: (name) => running.destinations.refused(name),
    },
    async follow() {
      if (reread) return reread.follow();
      const next = { config: store.current(), variables: store.variables() };
      if (!isOutdated && next.config === known.config && next.variables === known.variables) return;
      known = next;
      isOutdated = false;
      try {
        reread = await (await readsIt())(options);
      } catch (error) {
        emit("config.kept", keptPipeline(errorText(error)));
        return;
      }
      running = reread;
      await stop();
      emit("config.reloaded", {});
    },
  };
}
