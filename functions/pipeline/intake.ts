import type { OtlpConsumer } from "../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../daemon/controller/component.ts";
import type { Accept, Acceptance } from "../../shared/batch/accept.ts";
import { createFanOut } from "../../shared/commit/fan-out.ts";
import { signalNames } from "../../shared/signal.ts";

/** Where the receivers of a pipeline say what they pass requests on to. */
export interface Intake {
  /** Replaces what the receiver `id` passes on to; undefined takes it away. */
  wire(id: string, consumer: OtlpConsumer | undefined): void;
  /** Takes a request for all receivers: accepted when each of them has made it durable. */
  readonly accept: Accept;
}

/** Where a graph's receiver takes what the function was invoked with. */
export const intakeService: ServiceKey<Intake> = { name: "intake" };

const retryAfterMs = 5000;
const nowhere: Acceptance = { kind: "unavailable", reason: "the pipeline has no receiver", retryAfterMs };

/** The door between a function's handler and the receivers of its pipeline. */
export function createIntake(): Intake {
  const receivers = new Map<string, OtlpConsumer>();
  return {
    wire(id, consumer) {
      if (consumer) receivers.set(id, consumer);
      else receivers.delete(id);
    },
    async accept(request, abort) {
      if (receivers.size === 0) return nowhere;
      const targets = [...receivers.values()].map(({ accept }) => ({ accept, signals: signalNames }));
      return createFanOut(targets)(request, abort);
    },
  };
}
