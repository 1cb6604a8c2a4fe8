import type { Clock } from "../../../../shared/clock.ts";
import { type JsonObject, objectOf, textOf } from "../../../../shared/discovery/json.ts";
import { parseWatchEvent } from "../../../../shared/discovery/kubernetes/watch-events.ts";
import { errorText } from "../../../../shared/error-text.ts";
import type { KubernetesClient } from "../../../../shared/node/kubernetes/kubernetes-client.ts";
import { readLines } from "../../../../shared/node/read-lines.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import type { ComponentEmit } from "../../../controller/component.ts";

export interface FollowEventsOptions {
  /** Empty for all. */
  readonly namespace: string;
  readonly client: Pick<KubernetesClient, "list" | "watch">;
  readonly positions: Positions;
  readonly clock: Clock;
  readonly emit: ComponentEmit;
  /** Resolves when the events are durable. */
  readonly take: (events: readonly JsonObject[]) => Promise<void>;
}

const maxLineBytes = 16 * 1024 * 1024;
const watchSeconds = 300;
const gone = 410;
const pauseMs = { initial: 500, max: 30_000 };

/** Lists the events that are newer than the last one that was durable, then watches. Never rejects. */
export async function followEvents(options: FollowEventsOptions, signal: AbortSignal): Promise<void> {
  const { namespace, client, positions, clock, emit, take } = options;
  const path = namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const cursor = namespace === "" ? "cursor-events" : `cursor-events-${namespace}`;
  /** The version of the newest event that is durable: all before it are too, because they are taken one after the other. */
  let version = positions.get(cursor, "")?.file ?? "";
  let isTold = false;

  function passed(newest: string): void {
    version = newest;
    positions.set(cursor, "", { offset: 0, file: newest });
  }

  async function list(): Promise<string> {
    let next = "";
    let newest = "";
    do {
      const page = await client.list({ path }, next, signal);
      if (page.kind === "failed") throw new Error(page.message);
      await take(page.value.items.filter((event) => isNewer(versionOf(event), version)));
      newest = page.value.version;
      next = page.value.next;
    } while (next !== "");
    return newest;
  }

  /** True when the version is too old to watch from. */
  async function watch(): Promise<boolean> {
    const opened = await client.watch({ path }, { version, timeoutSeconds: watchSeconds }, signal);
    if (opened.kind === "failed" && opened.status === gone) return true;
    if (opened.kind === "failed") throw new Error(opened.message);
    for await (const line of readLines(opened.value, maxLineBytes)) {
      const event = parseWatchEvent(line);
      if (event?.kind === "error" && event.code === gone) return true;
      if (event?.kind === "error") throw new Error(event.message);
      if (event?.kind === "present") await take([event.object]);
      if (event !== undefined && event.version !== "") passed(event.version);
      if (signal.aborted) break;
    }
    return false;
  }

  let pause = pauseMs.initial;
  let mustList = version === "";
  while (!signal.aborted) {
    try {
      if (mustList) passed(await list());
      mustList = await watch();
      pause = pauseMs.initial;
      isTold = false;
    } catch (error) {
      if (signal.aborted) return;
      const message = errorText(error);
      if (!isTold) emit("log.failed", { target: `events of ${namespace || "all namespaces"}`, message });
      isTold = true;
      await clock.sleep(pause, signal);
      pause = Math.min(pauseMs.max, pause * 2);
    }
  }
}

function versionOf(event: JsonObject): string {
  return textOf(objectOf(event.metadata).resourceVersion) ?? "";
}

/** Versions are numbers in every cluster there is; where they are not, an event counts as new. */
function isNewer(version: string, than: string): boolean {
  if (!/^[0-9]+$/.test(version) || !/^[0-9]+$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
}
