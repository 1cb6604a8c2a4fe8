import type { ClassicPart } from "../exposition/classic-histograms.ts";
import { type EncodedLabels, sameLabels } from "../label-block.ts";
import { Series } from "../series.ts";

/** A series of one target, through its scrapes. */
export class TargetSeries extends Series {
  /** The scrape in which it was last seen. */
  seen = 0;
  /** Since which scrape samples of it have been sent, 0: not since its last stale marker. */
  liveSince = 0;
  /** Time of its last sample. */
  lastMs = Number.NEGATIVE_INFINITY;
  /** The scrape in which it last had that scrape's time, or one of its own where these are tracked: it ends with a marker. */
  trackedAt = -1;
  /** Where its line is part of a classic histogram that is converted. */
  classic: ClassicPart<TargetSeries> | undefined = undefined;
  /** The next one in the table that may have the same hash. */
  next: TargetSeries | undefined = undefined;
  readonly hash: number;
  readonly isDropped: boolean;

  /** Without labels its samples are dropped. `hash` is that of `hashLabels`. */
  constructor(labels?: EncodedLabels, hash = 0) {
    super(labels ?? []);
    this.hash = hash;
    this.isDropped = labels === undefined;
  }
}

const initialSlots = 128;

/** Series by the bytes of their labels; a `Map` with an array for each hash took as much room as the series (bench/scraping). */
export class TargetSeriesTable {
  private slots: (TargetSeries | undefined)[] = new Array(initialSlots).fill(undefined);
  private size = 0;

  find(labels: EncodedLabels, hash: number): TargetSeries | undefined {
    let series = this.slots[hash & (this.slots.length - 1)];
    while (series && (series.hash !== hash || !series.encoded || !sameLabels(series.encoded, labels))) {
      series = series.next;
    }
    return series;
  }

  /** Adds a series that `find` did not know. */
  add(series: TargetSeries): void {
    this.size++;
    if (this.size > this.slots.length) {
      const all = [...this.values()];
      this.slots = new Array(this.slots.length * 2).fill(undefined);
      for (const each of all) {
        this.put(each);
      }
    }
    this.put(series);
  }

  delete(gone: TargetSeries): void {
    const slot = gone.hash & (this.slots.length - 1);
    let kept: TargetSeries | undefined;
    for (let each = this.slots[slot]; each; ) {
      const after: TargetSeries | undefined = each.next;
      if (each === gone) {
        this.size--;
        each.next = undefined;
      } else {
        each.next = kept;
        kept = each;
      }
      each = after;
    }
    this.slots[slot] = kept;
  }

  *values(): IterableIterator<TargetSeries> {
    for (let series of this.slots) {
      for (; series; series = series.next) {
        yield series;
      }
    }
  }

  private put(series: TargetSeries): void {
    const slot = series.hash & (this.slots.length - 1);
    series.next = this.slots[slot];
    this.slots[slot] = series;
  }
}
