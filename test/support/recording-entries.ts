import type { Entry, EntryReceiver } from "../../shared/loki/entry.ts";

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
  return { receiver, entries, release: () => waiting.splice(0).forEach((resolve) => void resolve()) };
}
