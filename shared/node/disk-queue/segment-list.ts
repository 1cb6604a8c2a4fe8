import type { Entry } from "./scan-segment.ts";
import type { Segment } from "./segment.ts";

/** A record: its segment, its number in the index of that, and where it is in the file. */
export interface Place {
  readonly segment: Segment;
  readonly at: number;
  readonly entry: Entry;
}

/** The segments of a queue in their order: a record's sequence number says which one it is in. */
export class SegmentList {
  readonly #segments: Segment[] = [];
  /** Higher than any number in a segment that is gone: whoever reads has come past it. */
  #passed = 1;

  get all(): readonly Segment[] {
    return this.#segments;
  }

  /** Records that are not deleted. */
  get live(): number {
    return this.#segments.reduce((sum, { summary }) => sum + summary.live, 0);
  }

  /** When the oldest record was put into the queue, milliseconds since the epoch; undefined where there is none. */
  get oldestAt(): number | undefined {
    return this.#segments.find(({ summary }) => summary.live > 0)?.summary.oldestAt;
  }

  /** Higher than the sequence number of any record. */
  get nextSequence(): number {
    const last = this.#segments.at(-1);
    return last ? Math.max(this.#passed, numberAfter(last)) : this.#passed;
  }

  push(segment: Segment): void {
    this.#segments.push(segment);
  }

  remove(segment: Segment): void {
    const at = this.#segments.indexOf(segment);
    if (at < 0) return;
    this.#segments.splice(at, 1);
    this.#passed = Math.max(this.#passed, numberAfter(segment));
  }

  replace(segment: Segment, by: Segment): void {
    const at = this.#segments.indexOf(segment);
    if (at >= 0) this.#segments[at] = by;
  }

  /** The segment that the record is in, if it is in one. */
  holding(sequence: number): Segment | undefined {
    return this.#segments[this.#after(sequence) - 1];
  }

  /** Where the record is, as far as the segment that it is in is in memory. */
  placeOf(sequence: number): Place | undefined {
    const segment = this.holding(sequence);
    const at = segment?.index?.find(sequence) ?? -1;
    const entry = at >= 0 ? segment?.index?.entry(at) : undefined;
    return segment && entry ? { segment, at, entry } : undefined;
  }

  /** The first segment with a record of this number or a higher one. */
  from(sequence: number): Segment | undefined {
    for (let at = Math.max(0, this.#after(sequence) - 1); at < this.#segments.length; at++) {
      const segment = this.#segments[at];
      if (segment && segment.summary.records > 0 && segment.summary.lastSequence >= sequence) return segment;
    }
    return undefined;
  }

  /** How many segments begin at this number or before it. */
  #after(sequence: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.name.base ?? Number.POSITIVE_INFINITY) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A segment without records keeps its base for itself: two files never share one. */
function numberAfter({ summary, name }: Segment): number {
  return Math.max(summary.lastSequence, name.base) + 1;
}
