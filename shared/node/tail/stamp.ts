import type { LabelSet } from "../../loki/entry.ts";
import type { LineEntry } from "../../loki/line-entry.ts";
import { type SplitTime, splitTime } from "../../loki/split-time.ts";

const nanosPerSecond = 1_000_000_000;

/** Gives lines their labels, and times that grow by a nanosecond: two equal lines of one time would be one to Loki. */
export function createStamp() {
  let next: SplitTime = { seconds: 0, nanos: 0 };
  return (lines: readonly LineEntry[], labels: LabelSet, nowMs: number): readonly LineEntry[] => {
    const now = splitTime(BigInt(nowMs) * 1_000_000n);
    const isLater = now.seconds > next.seconds || (now.seconds === next.seconds && now.nanos > next.nanos);
    let { seconds, nanos } = isLater ? now : next;
    for (const line of lines) {
      line.labels = labels;
      line.seconds = seconds;
      line.nanos = nanos;
      nanos += 1;
      if (nanos < nanosPerSecond) continue;
      seconds += 1;
      nanos = 0;
    }
    next = { seconds, nanos };
    return lines;
  };
}
