import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import { maxMessageBytes, payloadRoom } from "../queue/envelope.ts";
import { merge } from "../wire/merge.ts";
import type { Commit, Group } from "./group-commit.ts";

/**
 * From here on a request is queued by itself: only such a one can hold an item that no queue message takes, and then it is
 * this client, not its neighbours, that is told.
 */
const aloneBytes = 512 * 1024;

/** Puts a group into the queue, merged by concatenation into as few messages as it needs. `messageLimit` is the queue's own. */
export function createQueueCommit(enqueue: Accept, messageLimit?: () => number): Commit {
  return async (group) => {
    const maxBytes = Math.min(aloneBytes, payloadRoom(messageLimit?.() ?? maxMessageBytes));
    const isSmall = ({ bytes }: ReceivedRequest) => bytes.length < maxBytes;
    const acceptances = new Map<ReceivedRequest, Acceptance>();
    const [first, ...others] = group.filter(isSmall);
    const merged = first && enqueue(mergedRequest([first, ...others]));
    const waiting = group.map(async (request) => {
      acceptances.set(request, await ((isSmall(request) && merged) || enqueue(request)));
    });
    await Promise.all(waiting);
    return acceptances;
  };
}

/** The requests of a group as one. */
export function mergedRequest(group: Group): ReceivedRequest {
  const [first] = group;
  if (group.length === 1) return first;
  const items = group.reduce((sum, request) => sum + request.items, 0);
  const { format, tenant } = first;
  return { format, ...(tenant !== undefined && { tenant }), items, bytes: merge(group.map(({ bytes }) => bytes)) };
}
