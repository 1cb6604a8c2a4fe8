import type { Files } from "./files.ts";
import { Segment } from "./segment.ts";
import { SegmentList } from "./segment-list.ts";
import { formatSegmentName, parseSegmentName, type SegmentName } from "./segment-name.ts";

/** What was found in a queue's directory. */
export interface Found {
  readonly segments: SegmentList;
  /** Bytes of torn tails, which nobody was told are durable. */
  readonly tornBytes: number;
  /** Bytes that belonged to records and no longer do. */
  readonly damagedBytes: number;
}

/** Finds the segments of a directory, creating it where it is missing; clears away what an interrupted change left. Rejects where it cannot be read. */
export async function openSegments(directory: string, files: Files): Promise<Found> {
  await files.makeDirectory(directory);
  const names = await files.list(directory);
  const chosen = chooseNames(names);
  await clearAway(names, chosen).catch(() => {});
  const segments = new SegmentList();
  let tornBytes = 0;
  let damagedBytes = 0;
  for (const name of chosen) {
    const { segment, scan } = await Segment.open(directory, name, files);
    if (scan) {
      tornBytes += await segment.tailBytes();
      // On a disk that can only be read, the tail is looked at again at the next start.
      await segment.repair().catch(() => {});
      damagedBytes += scan.damagedBytes;
    }
    if (segment.summary.live > 0) segments.push(segment);
    else await segment.remove(directory).catch(() => segments.push(segment));
  }
  return { segments, tornBytes, damagedBytes };

  async function clearAway(found: readonly string[], kept: readonly SegmentName[]): Promise<void> {
    const wanted = new Set(kept.map(formatSegmentName).flatMap((name) => [`${name}.segment`, `${name}.state`]));
    for (const file of found) {
      if (/\.(segment|state|new)$/.test(file) && !wanted.has(file)) await files.remove(`${directory}/${file}`);
    }
  }
}

/** Of two with the same base, the one that was compacted: it was complete before it got its name. */
function chooseNames(files: readonly string[]): readonly SegmentName[] {
  const byBase = new Map<number, SegmentName>();
  for (const file of files) {
    const name = file.endsWith(".segment") ? parseSegmentName(file.slice(0, -".segment".length)) : undefined;
    const other = name && byBase.get(name.base);
    if (name && (!other || name.generation > other.generation)) byBase.set(name.base, name);
  }
  return [...byBase.values()].sort((one, other) => one.base - other.base);
}
