import type { EntryReceiver } from "./entry-receiver.ts";

/** Gives every entry to every receiver (`forward_to`): durable when it is durable at all of them. */
export function fanOut(receivers: readonly EntryReceiver[]): EntryReceiver {
  const [only] = receivers;
  if (receivers.length === 1 && only !== undefined) return only;
  return {
    async consume(entries) {
      await Promise.all(receivers.map((receiver) => receiver.consume(entries)));
    },
  };
}
