import { monotonic } from "../../clock.ts";
import type { Queue } from "../../queue/queue.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { writeContinuation } from "./continuation.ts";
import { identityOf, type ObjectNotice } from "./notice.ts";
import { kindOfKey } from "./object-kind.ts";
import { readNotices } from "./read-notices.ts";
import { type ObjectOutcome, type ReadObjectOptions, readObject } from "./read-object.ts";
import {
  hasProgress,
  type ObjectSettlement,
  type Received,
  settleLate,
  settleObject,
  settleUnreadable,
} from "./settle-object.ts";

export interface HandleMessageOptions extends ReadObjectOptions {
  readonly emit: Emit;
  /** The queue that the notices come from: what is left of an object goes back into it. */
  readonly notices: Queue;
  readonly deadLetters: Queue;
}

/** One message of the queue of notices. */
export interface NoticeMessage {
  readonly body: string;
  /** This time included. */
  readonly receiveCount: number;
}

/** Whether nothing more is to be done about a message, or it stays in its queue. */
export type HandledMessage = "done" | "stays";

/** Handles messages of one invocation, several at a time. `deadlineAt` is by `monotonic`. */
export type HandleMessage = (message: NoticeMessage, deadlineAt: number) => Promise<HandledMessage>;

/** Objects that were read to their end, as long as the environment lives: S3 may tell of one twice. */
const maxKnown = 10_000;

/**
 * Reads the objects that a message tells of and settles them: what is left goes back into the queue, what cannot be read to the dead letters;
 * only then the message is done. An object that two messages tell of is read once. Rejects only where there is a bug.
 */
export function createHandleMessage(options: HandleMessageOptions): HandleMessage {
  const { clock, emit, notices: queue, deadLetters } = options;
  /** What becomes of each object, unless its notice may come back for good reason. */
  const known = new Map<string, Promise<HandledMessage>>();

  return async function handleMessage({ body, receiveCount }, deadlineAt) {
    const received: Received = { receiveCount, at: Math.floor(clock.now()) };
    if (monotonic(clock) >= deadlineAt) return send(settleLate(body, received));
    const read = readNotices(body);
    if (read.kind === "unreadable") {
      emit("object.unreadable", { message: read.reason });
      return send(settleUnreadable(body, read.reason, received));
    }
    for (const reason of read.skipped) emit("object.skipped", { reason });
    const handled: HandledMessage[] = [];
    for (const notice of read.notices) handled.push(await once(notice, { received, deadlineAt }));
    const staying = read.notices.filter((_, at) => handled[at] === "stays");
    if (staying.length === 0) return "done";
    if (staying.length === read.notices.length) return "stays";
    // Those that are done must not come back with the others.
    const again = staying.map((notice) =>
      writeContinuation({ ...notice, attempts: (notice.attempts ?? 0) + receiveCount }),
    );
    return send({ again, deadLetters: [], stays: false });
  };

  async function once(notice: ObjectNotice, run: { received: Received; deadlineAt: number }): Promise<HandledMessage> {
    const identity = identityOf(notice);
    const begun = known.get(identity);
    if (begun !== undefined) {
      emit("object.skipped", { reason: "repeated" });
      return begun;
    }
    if (known.size >= maxKnown) known.clear();
    const handling = handle(notice, run);
    known.set(
      identity,
      handling.then(
        ({ handled }) => handled,
        () => "stays",
      ),
    );
    const { handled, mayComeBack } = await handling.finally(() => known.delete(identity));
    if (!mayComeBack) known.set(identity, Promise.resolve(handled));
    return handled;
  }

  async function handle(notice: ObjectNotice, run: { received: Received; deadlineAt: number }): Promise<Handling> {
    const outcome = await readObject(notice, options, run.deadlineAt);
    const settlement = settleObject(notice, outcome, run.received);
    const handled = await send(settlement);
    tell(notice, outcome, handled);
    for (const { reason } of handled === "done" ? settlement.deadLetters : []) {
      emit("object.dead-lettered", { ...nameOf(notice), reason });
    }
    // A dead letter that is sent again, and a notice that is put back as it was, are the same notice again.
    const isOver = outcome.kind === "read" || outcome.kind === "gone" || hasProgress(notice, outcome);
    return { handled, mayComeBack: handled === "stays" || settlement.deadLetters.length > 0 || !isOver };
  }

  /** Whatever could not be sent keeps the message where it is. */
  async function send({ again, deadLetters: letters, stays }: ObjectSettlement): Promise<HandledMessage> {
    const sent = await sendTo(
      deadLetters,
      letters.map(({ body }) => body),
    );
    return sent && (await sendTo(queue, again)) && !stays ? "done" : "stays";
  }

  async function sendTo(target: Queue, bodies: readonly string[]): Promise<boolean> {
    if (bodies.length === 0) return true;
    const sent = await target.send(bodies);
    if (sent.kind === "failed") emit("queue.failed", { operation: "send", reason: sent.reason });
    return sent.kind === "sent";
  }

  function tell(notice: ObjectNotice, outcome: ObjectOutcome, handled: HandledMessage): void {
    const { records, unrecognised, position } = outcome;
    const bytes = position.offset - (notice.position?.offset ?? 0);
    emit("object.read", {
      ...nameOf(notice),
      kind: kindOfKey(notice.key),
      outcome: outcome.kind,
      records,
      unrecognised,
      bytes,
    });
    if (outcome.kind === "gone") emit("object.gone", { ...nameOf(notice), reason: outcome.reason });
    if (outcome.kind === "unfinished") emit("object.continued", { ...nameOf(notice), offset: position.offset });
    if (outcome.kind === "failed")
      emit("object.failed", {
        ...nameOf(notice),
        offset: position.offset,
        stays: handled === "stays",
        reason: outcome.reason,
      });
  }
}

interface Handling {
  readonly handled: HandledMessage;
  readonly mayComeBack: boolean;
}

function nameOf({ bucket, key }: ObjectNotice) {
  return { bucket, key: key.slice(0, 1024) };
}
