import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { LineEntry } from "../../shared/loki/line-entry.ts";

const app = labelSet([["app", "x"]]);

/** Lends lines as a file that is read does: one entry for all of them, whose block is written over behind the batch. */
export function lendLines(receiver: EntryReceiver, lines: readonly string[], firstNanos = 0): Promise<void> {
  const block = Buffer.from(lines.join("\n"));
  const cursor = new LineEntry();
  const lent = receiver.lend?.();
  if (lent === undefined) throw new Error("the receiver takes no entries that are lent");
  let at = 0;
  for (const [index, text] of lines.entries()) {
    cursor.place(block, at, at + Buffer.byteLength(text));
    cursor.labels = app;
    cursor.seconds = 0;
    cursor.nanos = firstNanos + index;
    lent.add(cursor);
    at += Buffer.byteLength(text) + 1;
  }
  const durable = lent.end();
  block.fill("#");
  return durable;
}
