import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";
import { createFunctionPipeline } from "./pipeline.ts";
import { unset } from "./unset.ts";

/**
 * What is wrong with a pipeline of the functions, as its diagnostics; undefined when they would run it. Variables that `env` does
 * not have are taken to be set where the functions run.
 */
export async function checkPipeline(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const enqueueFor = () => async () => ({ kind: "accepted" }) as const;
  const pipeline = createFunctionPipeline({
    emit: () => {},
    metrics: createMetrics(),
    clock,
    random: Math.random,
    variable: (name) => env[name] ?? unset,
    enqueueFor,
  });
  const problem = await pipeline.check(text);
  if (problem !== undefined) return problem;
  return /^\s*otelcol\.receiver\.otlp\s/m.test(text) ? undefined : noReceiver;
}

const noReceiver = "Error: the pipeline has no otelcol.receiver.otlp: nothing would come in\n";
