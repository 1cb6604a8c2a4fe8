import type { Handled } from "../../queue/queue-reader.ts";
import { type ControlCalls, deadLettersName, fromWire, toWire } from "./control.ts";
import type { DiskQueue } from "./disk-queue.ts";
import type { Storage } from "./storage.ts";
import { createStoredQueue } from "./stored-queue.ts";

/** Carries out a call by the name of its verb; undefined where there is no such verb. Rejects with a sentence for a person. */
export type ControlVerbs = (verb: string, asked: unknown) => Promise<unknown> | undefined;

type Verbs = { readonly [Verb in keyof ControlCalls]: (asked: ControlCalls[Verb]) => Promise<unknown> };

/** What may be asked of the queues of a storage; of those that `may` says where it is given. */
export function createControlVerbs(
  storage: Pick<Storage, "queue" | "names">,
  may: (queue: string) => boolean = () => true,
): ControlVerbs {
  const routed = createStoredQueue(storage);

  /** Asking creates no queue, except that of the dead letters: a storage without one has no dead letters. */
  async function known(name: string): Promise<DiskQueue> {
    const isThere = name === deadLettersName || (await storage.names()).includes(name);
    if (!may(name) || !isThere) throw new Error(`the storage path has no queue ${name}`);
    return storage.queue(name);
  }

  const verbs: Verbs = {
    names: async () => (await storage.names()).filter(may),
    status: async ({ queue }) => (await known(queue)).status(),
    async receive({ queue, ...how }) {
      const received = await (await known(queue)).receive(how);
      if (received.kind === "failed") return received;
      return { ...received, messages: received.messages.map((each) => ({ ...each, body: toWire(each.body) })) };
    },
    "change-visibility": async ({ queue, changes }) => plain(await (await known(queue)).changeVisibility(changes)),
    delete: async ({ queue, receiptHandles }) => plain(await (await known(queue)).delete(receiptHandles)),
    send: ({ bodies }) => routed.send(bodies.map(fromWire)),
  };
  return (verb, asked) => (Object.hasOwn(verbs, verb) ? verbs[verb as keyof ControlCalls](asked as never) : undefined);
}

function plain({ failed, ...rest }: Handled): { readonly failed: readonly string[]; readonly reason?: string } {
  return { failed: [...failed], ...rest };
}
