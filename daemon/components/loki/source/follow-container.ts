import { errorText } from "../../../../shared/error-text.ts";
import { type DockerClient, hasTerminal, isRunning, startedAt } from "../../../../shared/node/docker/docker-client.ts";
import { dockerLines } from "../../../../shared/node/log-stream/docker-lines.ts";
import { createStreamTail } from "../../../../shared/node/log-stream/stream-tail.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import type { ComponentContext } from "../../../controller/component.ts";
import type { SendLines } from "./container-entries.ts";

export interface FollowContainerOptions {
  readonly id: string;
  readonly client: DockerClient;
  readonly positions: Positions;
  readonly context: Pick<ComponentContext<unknown>, "id" | "clock" | "emit" | "metrics">;
  readonly send: SendLines;
  /** How often a container that does not run is looked at, at the least. */
  readonly refreshMs: number;
}

const maxLineBytes = 262_144;
const notFound = 404;
const maxIdleMs = 2_000;
const drainMs = 5_000;

/** Follows a container through its stops and starts until it is gone or `signal` aborts. Never rejects. */
export async function followContainer(options: FollowContainerOptions, signal: AbortSignal): Promise<void> {
  const { id, client, positions, context, send, refreshMs } = options;
  const { clock, emit, metrics } = context;
  const cursor = `cursor-${id}`;
  const labels = { component_id: context.id };
  let isTerminal = false;
  let isFailureTold = false;
  let isCutTold = false;

  const tail = createStreamTail({
    positions,
    cursor,
    async open(sinceSeconds, stop) {
      const answer = await client.logs(id, { sinceSeconds, follow: true }, stop);
      if (answer.kind === "failed") throw new Error(answer.message);
      emit("log.opened", { target: id });
      return dockerLines(answer.value, { hasTerminal: isTerminal, maxLineBytes, onProblem });
    },
    send(lines) {
      metrics.add("loki_source_docker_target_entries_total", labels, lines.length);
      return send(lines);
    },
  });

  function onProblem(problem: "no-time" | "cut"): void {
    if (problem === "no-time") metrics.add("loki_source_docker_target_parsing_errors_total", labels);
    else if (!isCutTold) emit("log.cut", { target: id });
    isCutTold ||= problem === "cut";
  }

  function fail(message: string): void {
    if (!isFailureTold && !signal.aborted) emit("log.failed", { target: id, message });
    isFailureTold = true;
  }

  /** Until the container is gone. `readStart`: when the run of the container began that was read to its end. */
  async function work(): Promise<void> {
    let readStart: number | undefined;
    while (!signal.aborted) {
      const inspected = await client.inspect(id, signal);
      if (inspected.kind === "failed") {
        if (inspected.status === notFound) return gone();
        fail(inspected.message);
      } else if (isRunning(inspected.value) || startedAt(inspected.value) !== readStart) {
        isTerminal = hasTerminal(inspected.value);
        const start = startedAt(inspected.value);
        try {
          await tail.read(signal);
          isFailureTold = false;
          readStart = start;
        } catch (error) {
          fail(errorText(error));
        }
      }
      await clock.sleep(Math.min(maxIdleMs, refreshMs), signal);
    }
  }

  async function gone(): Promise<void> {
    emit("log.ended", { target: id });
    await tail.idle();
    positions.delete(cursor, "");
  }

  await work();
  await Promise.race([tail.idle(), clock.sleep(drainMs)]);
}
