import { type JsonObject, objectOf, objectsOf, textOf } from "../../../../shared/discovery/json.ts";
import { errorText } from "../../../../shared/error-text.ts";
import type { TextRange } from "../../../../shared/loki/text-of.ts";
import type { KubernetesClient } from "../../../../shared/node/kubernetes/kubernetes-client.ts";
import { byteLines } from "../../../../shared/node/log-stream/byte-lines.ts";
import { createStreamTail } from "../../../../shared/node/log-stream/stream-tail.ts";
import { cutLine, TimedLine, timedBytes } from "../../../../shared/node/log-stream/timed-line.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import type { ComponentContext } from "../../../controller/component.ts";
import type { SendLines } from "./container-entries.ts";

/** A container of a pod. */
export interface PodContainer {
  /** `namespace/pod:container:uid`. */
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly uid: string;
}

export interface FollowPodOptions {
  readonly pod: PodContainer;
  readonly client: KubernetesClient;
  readonly positions: Positions;
  readonly context: Pick<ComponentContext<unknown>, "id" | "clock" | "emit">;
  readonly send: SendLines;
  /** Whether the target is no longer wanted, when the work ends. */
  readonly isGone: () => boolean;
}

const maxLineBytes = 262_144;
const maxStreamLineBytes = 64 * 1024 * 1024;
/** A stream is asked for again after this: it may have lost track of a log that was rotated. */
const maxStreamMs = 3_600_000;
const pauseMs = { initial: 10, max: 60_000 };
const drainMs = 5_000;

type PodState = "runs" | "ended" | "gone" | "unknown";

/** Follows a container through restarts and broken connections until it will not write any more. Never rejects. */
export async function followPod(options: FollowPodOptions, signal: AbortSignal): Promise<void> {
  const { pod, client, positions, context, send, isGone } = options;
  const { clock, emit } = context;
  const { namespace, container } = pod;
  const cursor = `cursor-${pod.key}`;
  let isFailureTold = false;
  let isCutTold = false;

  const tail = createStreamTail({
    positions,
    cursor,
    async open(sinceSeconds, stop) {
      const sinceTime = sinceSeconds > 0 ? { sinceTime: new Date(sinceSeconds * 1000).toISOString() } : {};
      const limited = AbortSignal.any([stop, AbortSignal.timeout(maxStreamMs)]);
      const query = { namespace, pod: pod.pod, container, follow: true, ...sinceTime };
      const answer = await client.podLogs(query, limited);
      if (answer.kind === "failed") throw new Error(answer.message);
      emit("log.opened", { target: pod.key });
      return lines(byteLines(answer.value, maxStreamLineBytes));
    },
    send,
  });

  async function* lines(log: AsyncIterable<readonly TextRange[]>): AsyncGenerator<readonly TimedLine[]> {
    for await (const ranges of log) yield ranges.map(lineOf);
  }

  function lineOf(range: TextRange): TimedLine {
    let line = timedBytes(range);
    if (line === undefined) {
      line = TimedLine.ofTime(BigInt(clock.now()) * 1_000_000n, "");
      line.move(range);
    }
    const isCut = cutLine(line, maxLineBytes);
    if (isCut && !isCutTold) emit("log.cut", { target: pod.key });
    isCutTold ||= isCut;
    return line;
  }

  async function state(): Promise<PodState> {
    const query = { path: `/api/v1/namespaces/${namespace}/pods`, fieldSelector: `metadata.name=${pod.pod}` };
    const answer = await client.list(query, "", signal);
    if (answer.kind === "failed") return "unknown";
    const found = answer.value.items.find((each) => textOf(objectOf(each.metadata).uid) === pod.uid);
    return found === undefined ? "gone" : containerState(found, container);
  }

  /** Whether the log has ended for good. */
  async function work(): Promise<PodState> {
    let pause = pauseMs.initial;
    while (!signal.aborted) {
      const before = tail.lines;
      try {
        await tail.read(signal);
      } catch (error) {
        const message = errorText(error);
        if (!isFailureTold && !signal.aborted) emit("log.failed", { target: pod.key, message });
        isFailureTold = true;
      }
      if (tail.lines > before) {
        pause = pauseMs.initial;
        isFailureTold = false;
      }
      const now = await state();
      if (now === "gone" || now === "ended") return now;
      await clock.sleep(pause, signal);
      pause = Math.min(pauseMs.max, pause * 2);
    }
    return "runs";
  }

  const ended = await work();
  await Promise.race([tail.idle(), clock.sleep(drainMs)]);
  if (ended === "gone" || isGone()) positions.delete(cursor, "");
  if (ended === "gone" || ended === "ended") emit("log.ended", { target: pod.key });
}

/** `ended` when the container has ended and will not be started again. */
function containerState(found: JsonObject, container: string): PodState {
  const { restartPolicy } = objectOf(found.spec);
  const status = objectOf(found.status);
  const all = [...objectsOf(status.containerStatuses), ...objectsOf(status.initContainerStatuses)];
  const own = all.find((each) => textOf(each.name) === container);
  const terminated = objectOf(objectOf(own?.state).terminated);
  if (terminated.exitCode === undefined) return "runs";
  if (restartPolicy === "Never") return "ended";
  return restartPolicy === "OnFailure" && terminated.exitCode === 0 ? "ended" : "runs";
}
