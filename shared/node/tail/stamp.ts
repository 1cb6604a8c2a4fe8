import type { LabelSet } from "../../loki/entry.ts";
import type { EntryReceiver } from "../../loki/entry-receiver.ts";
import { LineEntry } from "../../loki/line-entry.ts";
import { splitTime } from "../../loki/split-time.ts";
import type { LineList } from "./line-list.ts";

const nanosPerSecond = 1_000_000_000;

/** Who gives lines their labels and times, and them to a receiver. */
export type SendLines = (
  lines: LineList,
  labels: LabelSet,
  to: { readonly receiver: EntryReceiver; readonly nowMs: number },
) => Promise<void>;

/** Times grow by a nanosecond from line to line: two equal lines of one time would be one to Loki. */
export function createStamp(): SendLines {
  let seconds = 0;
  let nanos = 0;
  /** Is lent for every line. */
  const cursor = new LineEntry();

  function begin(nowMs: number): void {
    const now = splitTime(BigInt(nowMs) * 1_000_000n);
    if (now.seconds < seconds || (now.seconds === seconds && now.nanos <= nanos)) return;
    ({ seconds, nanos } = now);
  }

  function stamp(line: LineEntry, labels: LabelSet): void {
    line.labels = labels;
    line.seconds = seconds;
    line.nanos = nanos;
    nanos += 1;
    if (nanos < nanosPerSecond) return;
    seconds += 1;
    nanos = 0;
  }

  return (lines, labels, { receiver, nowMs }) => {
    begin(nowMs);
    const lent = receiver.lend?.();
    if (lent === undefined) {
      const entries = lines.entries();
      for (const entry of entries) stamp(entry, labels);
      return receiver.consume(entries);
    }
    for (let index = 0; index < lines.length; index += 1) {
      lines.put(index, cursor);
      stamp(cursor, labels);
      lent.add(cursor);
    }
    return lent.end();
  };
}
