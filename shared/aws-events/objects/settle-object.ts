import { bareMessage, writeContinuation, writeDeadLetter } from "./continuation.ts";
import type { ObjectNotice } from "./notice.ts";
import type { ObjectOutcome } from "./read-object.ts";

/** How a notice came. */
export interface Received {
  /** How often its message was received, this time included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is to be done about an object: bodies for the two queues, and whether its message stays as well. */
export interface ObjectSettlement {
  /** For the queue of notices. */
  readonly again: readonly string[];
  readonly deadLetters: readonly { readonly body: string; readonly reason: string }[];
  /** Nothing of the object was made durable, and its message stays where it is. */
  readonly stays: boolean;
}

/** How often an object is tried that is refused, as one that the role may not read. */
const maxAttempts = 4;
/** How often a message is received before one that S3 or the queue held up is sent again: what is received more often has crashed. */
const maxReceives = 5;
/** How often the time may be over before anything new of an object was read: what is behind its position may be too far away. */
const maxIdle = 10;
const tooFar =
  "the time of an invocation is over before its position is reached: the object is too large to be skipped so far";

/**
 * What to do about an object that was read, as far as it went. What was made durable is never read again; what cannot be read becomes a
 * dead letter with its reason; an outage never does.
 */
export function settleObject(notice: ObjectNotice, outcome: ObjectOutcome, received: Received): ObjectSettlement {
  const { at, receiveCount } = received;
  const letter = (position: ObjectNotice["position"], reason: string) => ({
    reason,
    body: writeDeadLetter({ ...notice, ...(position && { position }) }, { reason, at }),
  });
  const left = outcome.refused.map(({ position, reason }) => letter(position, reason));
  const rest: ObjectNotice = { ...notice, position: outcome.position };

  switch (outcome.kind) {
    case "read":
    case "gone":
      return { again: [], deadLetters: left, stays: false };
    case "unfinished": {
      const idle = hasProgress(notice, outcome) ? 0 : (notice.attempts ?? 0) + 1;
      if (idle < maxIdle)
        return { again: [writeContinuation({ ...rest, attempts: idle })], deadLetters: left, stays: false };
      return { again: [], deadLetters: [...left, letter(outcome.position, tooFar)], stays: false };
    }
    case "unusable":
      return { again: [], deadLetters: [...left, letter(outcome.position, outcome.reason)], stays: false };
    case "failed": {
      if (hasProgress(notice, outcome))
        return { again: [writeContinuation({ ...rest, attempts: 0 })], deadLetters: left, stays: false };
      const attempts = (notice.attempts ?? 0) + receiveCount;
      if (!outcome.isOutage && attempts >= maxAttempts) {
        return { again: [], deadLetters: [...left, letter(notice.position, outcome.reason)], stays: false };
      }
      if (!outcome.isOutage || receiveCount < maxReceives) return { again: [], deadLetters: left, stays: true };
      return { again: [writeContinuation({ ...notice, attempts: 0 })], deadLetters: left, stays: false };
    }
  }
}

/** Whether something of an object was made durable that was not before. */
export function hasProgress({ position }: ObjectNotice, outcome: ObjectOutcome): boolean {
  return outcome.position.offset > (position?.offset ?? 0);
}

/** What to do about a message that there was no time for: it stays, and is sent again before it looks like one that crashes. */
export function settleLate(message: string, { receiveCount }: Received): ObjectSettlement {
  if (receiveCount < maxReceives) return { again: [], deadLetters: [], stays: true };
  return { again: [message], deadLetters: [], stays: false };
}

/** What to do about a message that is not a notice: it stays a few times, so that a newer version may read it, and is then a dead letter. */
export function settleUnreadable(message: string, reason: string, { receiveCount, at }: Received): ObjectSettlement {
  if (receiveCount < maxAttempts) return { again: [], deadLetters: [], stays: true };
  return {
    again: [],
    deadLetters: [{ reason, body: writeDeadLetter({ message: bareMessage(message) }, { reason, at }) }],
    stays: false,
  };
}
