import { monotonic } from "../../clock.ts";
import { errorText } from "../../error-text.ts";
import { DurableWindow, type DurableWindowOptions, type RefusedRange } from "./durable-window.ts";
import type { ObjectNotice, Position } from "./notice.ts";
import { createObjectRequests, type ObjectRequestsOptions } from "./object-requests.ts";
import { ObjectFault, type ObjectSource } from "./object-source.ts";

export interface ReadObjectOptions
  extends Omit<ObjectRequestsOptions, "now">,
    Omit<DurableWindowOptions, "size" | "deadlineAt"> {
  readonly source: ObjectSource;
  /** Requests of one object that may be on their way at a time; default 2. */
  readonly window?: number;
  /** About how many uncompressed bytes are read before the rest is handed on, where it can be continued; default 64 MiB. */
  readonly maxStintBytes?: number;
  /** Most ranges that are left out of one object; with more of them it is given up. Default 100. */
  readonly maxRefused?: number;
}

/** What was made durable of an object. */
interface Progress {
  readonly position: Position;
  readonly records: number;
  /** Of them: lines that are not of the object's format. */
  readonly unrecognised: number;
  /** What was left out, for the dead letters. */
  readonly refused: readonly RefusedRange[];
}

/** What became of the reading of an object. `position`: what is before it is durable, what is behind it is not. */
export type ObjectOutcome = Progress &
  (
    | { readonly kind: "read" }
    /** There is nothing to read any more. */
    | { readonly kind: "gone"; readonly reason: string }
    /** The time was over, or the stint. */
    | { readonly kind: "unfinished" }
    /** It may go better later. `isOutage`: S3 or the queue does not work, which says nothing of this object. */
    | { readonly kind: "failed"; readonly reason: string; readonly isOutage: boolean }
    /** What is behind the position can never be read. */
    | { readonly kind: "unusable"; readonly reason: string }
  );

const noRecords = { records: 0, unrecognised: 0, refused: [] };

/**
 * Reads an object from the notice's position on and makes its lines durable, request by request, in bounded memory. By `deadlineAt` (of
 * `monotonic`), and after a stint, it stops where it is. Never rejects.
 */
export async function readObject(
  notice: ObjectNotice,
  options: ReadObjectOptions,
  deadlineAt: number,
): Promise<ObjectOutcome> {
  const { source, clock, window: size = 2, maxRefused = 100, maxStintBytes = 2 ** 26 } = options;
  const start = notice.position ?? { offset: 0 };
  const abort = new AbortController();
  const opened = await source.open(notice, abort.signal);
  if (opened.kind !== "opened") {
    abort.abort("not read");
    return { ...opened, ...noRecords, position: start };
  }
  const requests = createObjectRequests(notice, { ...options, now: () => clock.now() });
  const placed = ({ gzip: _, ...position }: Position): Position => {
    if (opened.isPlain) return { ...position, plain: true };
    const gzip = opened.placeBefore?.(position.offset);
    return gzip ? { ...position, gzip } : position;
  };
  const placedRange = ({ position, reason }: RefusedRange) => ({ position: placed(position), reason });
  const durable = new DurableWindow(start, { ...options, size, deadlineAt });

  try {
    return await read(opened.chunks);
  } catch (error) {
    for (const request of requests.cut()) await durable.add(request);
    await durable.drain();
    const isForGood = error instanceof ObjectFault && error.isForGood;
    const kind = isForGood && durable.problem === undefined ? "unusable" : "failed";
    return { kind, ...progress(), reason: durable.problem ?? errorText(error), isOutage: true };
  } finally {
    abort.abort("no longer read");
  }

  async function read(chunks: AsyncIterable<Uint8Array>): Promise<ObjectOutcome> {
    let taken = 0;
    for await (const chunk of chunks) {
      taken += chunk.length;
      for (const request of requests.push(chunk)) {
        if (!(await durable.add(request))) return stopped();
      }
      if (durable.refused.length > maxRefused) return unusable(`more than ${maxRefused} of its lines are too large`);
      if (requests.isDone) break;
      if (monotonic(clock) >= deadlineAt || (taken >= maxStintBytes && goesOnCheaply())) {
        for (const request of requests.cut()) await durable.add(request);
        return (await durable.drain()) ? { kind: "unfinished", ...progress() } : stopped();
      }
    }
    const { requests: last, problem } = requests.isDone ? { requests: requests.cut() } : requests.end();
    for (const request of last) await durable.add(request);
    if (!(await durable.drain())) return stopped();
    return problem === undefined ? { kind: "read", ...progress() } : unusable(problem);
  }

  /** Whether whoever goes on need not read all of this again. */
  function goesOnCheaply(): boolean {
    if (opened.kind !== "opened") return false;
    const before = start.gzip?.inflated ?? 0;
    return opened.isPlain || (opened.placeBefore?.(durable.position.offset)?.inflated ?? 0) > before;
  }

  async function stopped(): Promise<ObjectOutcome> {
    await durable.drain();
    return { kind: "failed", ...progress(), reason: durable.problem ?? "the queue has failed", isOutage: true };
  }

  async function unusable(reason: string): Promise<ObjectOutcome> {
    await durable.drain();
    return { kind: "unusable", ...progress(), reason };
  }

  function progress(): Progress {
    const { position, records, unrecognised, refused } = durable;
    return { position: placed(position), records, unrecognised, refused: refused.map(placedRange) };
  }
}
