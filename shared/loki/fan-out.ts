import type { Entry } from "./entry.ts";
import type { EntryReceiver, LentEntries } from "./entry-receiver.ts";
import { LineEntry } from "./line-entry.ts";

/** Gives every entry to every receiver (`forward_to`): durable when it is durable at all of them. */
export function fanOut(receivers: readonly EntryReceiver[]): EntryReceiver {
  const [only] = receivers;
  if (receivers.length === 1 && only !== undefined) return only;
  return {
    async consume(entries) {
      await Promise.all(receivers.map((receiver) => receiver.consume(entries)));
    },
    lend() {
      const lent = receivers.map((receiver) => receiver.lend?.());
      if (receivers.length > 0 && lent.every((each) => each === undefined)) return undefined;
      return new LentToAll(receivers.map((receiver, index) => lent[index] ?? collecting(receiver)));
    },
  };
}

class LentToAll implements LentEntries {
  private readonly all: readonly LentEntries[];
  /** Each may change what it is given. */
  private readonly copy = new LineEntry();

  constructor(all: readonly LentEntries[]) {
    this.all = all;
  }

  add(entry: LineEntry): void {
    for (const each of this.all) {
      this.copy.copy(entry);
      each.add(this.copy);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map((each) => each.end()));
  }
}

/** For one to whom nothing can be lent: entries of their own. */
function collecting(receiver: EntryReceiver): LentEntries {
  const entries: Entry[] = [];
  return {
    add({ labels, timeUnixNano, line, metadata }) {
      entries.push({ labels, timeUnixNano, line, metadata });
    },
    end: () => receiver.consume(entries),
  };
}
