/** Prints what a promise's test measured, on one line that is easy to find. */
export function figures(name: string, numbers: Readonly<Record<string, number | string>>): void {
  const text = Object.entries(numbers).map(([key, value]) => `${key} ${value}`);
  console.log(`figures: ${name}: ${text.join(", ")}`);
}

/** What became of the items that were sent: every one of them is counted once, in the first place where it is found. */
export interface Tally {
  readonly sent: number;
  readonly delivered: number;
  readonly parked: number;
  readonly queued: number;
  readonly lost: number;
  /** Deliveries beyond the first one of each item. */
  readonly duplicated: number;
}

/** Compares, item by item, what was sent with where it is now. */
export function tally(
  sent: readonly string[],
  found: {
    readonly delivered: ReadonlyMap<string, number>;
    readonly parked: readonly string[];
    readonly queued: readonly string[];
  },
): Tally {
  const parked = new Set(found.parked);
  const queued = new Set(found.queued);
  const count = { delivered: 0, parked: 0, queued: 0, lost: 0, duplicated: 0 };
  for (const item of sent) {
    const times = found.delivered.get(item) ?? 0;
    count.duplicated += Math.max(0, times - 1);
    if (times > 0) count.delivered += 1;
    else if (parked.has(item)) count.parked += 1;
    else if (queued.has(item)) count.queued += 1;
    else count.lost += 1;
  }
  return { sent: sent.length, ...count };
}
