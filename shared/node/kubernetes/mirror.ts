import type { IncomingMessage } from "node:http";
import { delayAfter } from "../../backoff.ts";
import type { Clock, Random } from "../../clock.ts";
import { type KubernetesObject, keyOf } from "../../discovery/kubernetes/object.ts";
import { trimmed } from "../../discovery/kubernetes/trim.ts";
import { parseWatchEvent } from "../../discovery/kubernetes/watch-events.ts";
import { errorText } from "../../error-text.ts";
import { readLines } from "../read-lines.ts";
import type { KubernetesClient, ObjectQuery } from "./kubernetes-client.ts";

/** Which objects to mirror, and who is told. */
export interface MirrorOptions {
  readonly client: Pick<KubernetesClient, "list" | "watch">;
  readonly query: ObjectQuery;
  readonly clock: Clock;
  readonly random: Random;
  /** The objects have changed, or are complete for the first time. */
  readonly onChange: () => void;
  /** What went wrong, as a sentence; undefined when it works again. */
  readonly onHealth: (failure: string | undefined) => void;
}

/** A copy of the objects of one query, kept up to date. */
export interface Mirror {
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  /** Whether the first list is complete. */
  synced(): boolean;
  /** Lists and watches until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const maxLineBytes = 16 * 1024 * 1024;
const gone = 410;
const watchSeconds = 300;
const watchGraceSeconds = 30;
/** A watch that ended sooner than this does not count as having worked. */
const minWatchMs = 1000;
const backoff = { baseMs: 800, maxMs: 30_000 };

type Ended = { readonly kind: "done" | "stale" } | { readonly kind: "failed"; readonly message: string };

/**
 * Mirrors objects as client-go's informers do: a list in pages, then a watch from its version on, bookmarks to resume
 * from, a new list when the version is too old (410), and growing pauses while the API refuses or is away.
 */
export function createMirror({ client, query, clock, random, onChange, onHealth }: MirrorOptions): Mirror {
  const objects = new Map<string, KubernetesObject>();
  let version = "";
  let complete = false;

  async function list(signal: AbortSignal): Promise<Ended> {
    const found = new Map<string, KubernetesObject>();
    let next = "";
    do {
      const page = await client.list(query, next, signal);
      if (page.kind === "failed") return next !== "" && page.status === gone ? { kind: "stale" } : page;
      for (const object of page.value.items) found.set(keyOf(object), trimmed(object));
      version = page.value.version;
      next = page.value.next;
    } while (next !== "");
    objects.clear();
    for (const [key, object] of found) objects.set(key, object);
    complete = true;
    onChange();
    return { kind: "done" };
  }

  async function watch(signal: AbortSignal): Promise<Ended> {
    const timeoutSeconds = Math.round(watchSeconds * (1 + random()));
    // A server that does not end the watch in time is not there any more.
    const deadline = AbortSignal.timeout((timeoutSeconds + watchGraceSeconds) * 1000);
    const opened = await client.watch(query, { version, timeoutSeconds }, AbortSignal.any([signal, deadline]));
    if (opened.kind === "failed") return opened.status === gone ? { kind: "stale" } : opened;
    onHealth(undefined);
    try {
      return await follow(opened.value);
    } catch (error) {
      if (deadline.aborted) return { kind: "done" };
      return { kind: "failed", message: errorText(error) };
    } finally {
      opened.value.destroy();
    }
  }

  async function follow(stream: IncomingMessage): Promise<Ended> {
    for await (const line of readLines(stream, maxLineBytes)) {
      const event = parseWatchEvent(line);
      if (!event) continue;
      if (event.kind === "error") {
        return event.code === gone ? { kind: "stale" } : { kind: "failed", message: event.message };
      }
      if (event.version !== "") version = event.version;
      if (event.kind === "bookmark") continue;
      if (event.kind === "present") objects.set(keyOf(event.object), trimmed(event.object));
      else objects.delete(keyOf(event.object));
      onChange();
    }
    return { kind: "done" };
  }

  async function run(signal: AbortSignal): Promise<void> {
    let listed = false;
    let setbacks = 0;
    while (!signal.aborted) {
      const began = clock.now();
      const watching: boolean = listed;
      const ended: Ended = watching ? await watch(signal) : await list(signal);
      if (signal.aborted) return;
      if (ended.kind === "failed") onHealth(ended.message);
      listed = ended.kind === "stale" ? false : watching || ended.kind === "done";
      if (!watching && ended.kind === "done") continue;
      const worked = clock.now() - began >= minWatchMs;
      if (ended.kind === "done" && worked) {
        setbacks = 0;
        continue;
      }
      setbacks = worked ? 1 : setbacks + 1;
      // The first 410 is answered by a list at once.
      if (ended.kind === "failed" || setbacks > 1)
        await clock.sleep(delayAfter(setbacks, { ...backoff, random }), signal);
    }
  }

  return { objects, synced: () => complete, run };
}
