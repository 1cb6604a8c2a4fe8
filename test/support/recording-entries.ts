import type { Entry } from "../../shared/loki/entry.ts";
import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";

/** Keeps every entry that it is given; durable at once, unless `hold` is set: then when `release` is called. */
export function recordingEntries(options: { readonly hold?: boolean } = {}) {
  const entries: Entry[] = [];
  const waiting: (() => void)[] = [];
  const receiver: EntryReceiver = {
    async consume(some) {
      entries.push(...some);
      if (options.hold) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
  /** The same receiver, which takes entries that are lent too. */
  const lending: EntryReceiver = {
    ...receiver,
    lend() {
      const some: Entry[] = [];
      return {
        add({ labels, timeUnixNano, line, metadata }) {
          some.push({ labels, timeUnixNano, line, metadata });
        },
        end: () => receiver.consume(some),
      };
    },
  };
  return { receiver, lending, entries, release: () => waiting.splice(0).forEach((resolve) => void resolve()) };
}
