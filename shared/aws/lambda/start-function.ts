import type { ConfigStore } from "../../config/config-store.ts";
import { openConfig } from "../../config/open-config.ts";
import type { ResolveOptions } from "../../config/resolve.ts";
import type { ParameterPath } from "../../config/settings.ts";
import { systemClock } from "../../node/system-clock.ts";
import { createEmf } from "../../telemetry/emf.ts";
import { createEmit } from "../../telemetry/emit.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { createLog } from "../../telemetry/log.ts";
import { createMetrics, type Metrics } from "../../telemetry/metrics/metrics.ts";
import { createSsmParameters } from "../ssm/ssm-parameters.ts";
import { createLambdaClients, type LambdaClients } from "./lambda-clients.ts";

export interface StartFunctionOptions extends ResolveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The parameters that the function's role may read (infra/functions.yml). */
  readonly paths: readonly ParameterPath[];
  /** Takes log lines and metrics, one JSON object a line: standard output, in Lambda. */
  readonly write: (line: string) => void;
}

/** Most time that an answer waits for settings that are read beside it. */
const maxRefreshWaitMs = 3000;

/** What every function has once it is started. */
export interface StartedFunction extends Pick<LambdaClients, "sqs"> {
  readonly store: ConfigStore;
  readonly emit: Emit;
  readonly metrics: Metrics;
  /** Wraps a handler: settings are refreshed beside it when they are old, metrics are written when it is done. */
  observed<Args extends readonly unknown[], Result>(
    handler: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result>;
}

/** Loads the settings and sets up events for a Lambda function. Throws, with all the problems, where they cannot be used. */
export async function startFunction(options: StartFunctionOptions): Promise<StartedFunction> {
  const { env, write, paths, ...checks } = options;
  const metrics = createMetrics();
  let store: ConfigStore | undefined;
  const log = createLog({ write, now: systemClock.now });
  const emit = createEmit({ log, metrics, level: () => store?.current().logLevel ?? "info" });
  const { ssm, sqs } = createLambdaClients({ env, clock: systemClock, random: Math.random });
  const openParameters = ({ stage }: { readonly stage: string }) => createSsmParameters({ stage, paths, ssm });
  const opened = await openConfig({ ...checks, env, emit, clock: systemClock, openParameters });
  if (opened.kind === "invalid") throw new Error(opened.problems.join("\n"));
  const started = opened.store;
  store = started;
  const emf = createEmf({ stage: started.current().stage });

  return {
    store: started,
    emit,
    metrics,
    sqs,
    observed(handler) {
      return async (...args) => {
        const refreshed = started.refreshWhenStale();
        try {
          return await handler(...args);
        } finally {
          // A function is frozen once it has answered: what is not waited for never ends.
          await within(maxRefreshWaitMs, refreshed);
          for (const line of emf(metrics.snapshot(), systemClock.now())) write(line);
        }
      };
    },
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, systemClock.sleep(ms, over.signal)]);
  over.abort("no longer waited for");
}
