import { encodeLabels } from "../encode-labels.ts";
import { type EncodedLabels, sameLabels } from "../label-block.ts";
import { isLabelName, isMetricName, type Labels, labelPairs, labelsOf, labelValue, metricName } from "../labels.ts";
import type { Relabel } from "../relabel/relabel.ts";
import type { Series } from "../series.ts";
import { createSeriesMemo } from "../series.ts";

/** A series as an endpoint gets it: the fields of its `prometheus.TimeSeries`, and what is known of it. */
export interface WriteSeries extends EncodedLabels {
  /** Of its labels: says which shard it is in. */
  readonly hash: number;
  /** Its last sample: another one at the same time is refused by receivers, with the whole request. */
  lastMs: number;
  lastValue: number;
  used: number;
}

/** Why a series is not written. */
export type Unwritten = "dropped_series" | "invalid_labels";

export interface WriteSeriesOptions {
  /** Added where a series has no such label. */
  readonly externalLabels: Labels;
  /** Absent: labels stay as they are. */
  readonly relabel?: Relabel;
}

/** What is written of series, made once for each. */
export interface WriteSeriesTable {
  of(series: Series): WriteSeries | Unwritten;
  /** To be called every 20 s or so: forgets series that have ended and were not used for three calls, others after thirty. */
  sweep(): void;
  readonly size: number;
}

/** In a chain of those with the same hash. */
interface KnownSeries extends WriteSeries {
  next: KnownSeries | undefined;
}

/** Calls of `sweep` that a series outlives: one that has ended (its last value is none), and others. */
const minSweeps = 3;
const maxSweeps = 30;

/** Keeps one `WriteSeries` for all series that come to the same labels, wherever they are from. */
export function createWriteSeriesTable(options: WriteSeriesOptions): WriteSeriesTable {
  const known = new Map<number, KnownSeries>();
  let epoch = 1;
  let size = 0;
  const { externalLabels, relabel } = options;
  const isAsGiven = !relabel && externalLabels.length === 0;
  const memo = createSeriesMemo((series) => derive((isAsGiven ? series.encoded : undefined) ?? encode(series.labels)));

  function encode(given: Labels): EncodedLabels | Unwritten {
    const labels = withExternal(given, externalLabels);
    const relabelled = relabel ? relabel(labels) : labels;
    if (!relabelled || relabelled.length === 0) {
      return "dropped_series";
    }
    return isValid(relabelled) ? encodeLabels(relabelled) : "invalid_labels";
  }

  function derive(encoded: EncodedLabels | Unwritten): WriteSeries | Unwritten {
    if (typeof encoded === "string") {
      return encoded;
    }
    const hash = shardHash(encoded);
    const sameHash = known.get(hash | 0);
    for (let each = sameHash; each; each = each.next) {
      if (sameLabels(each, encoded)) {
        return each;
      }
    }
    const { block, start, end } = encoded;
    const made: KnownSeries = {
      block,
      start,
      end,
      hash,
      lastMs: Number.NEGATIVE_INFINITY,
      lastValue: 0,
      used: epoch,
      next: sameHash,
    };
    known.set(hash | 0, made);
    size++;
    return made;
  }

  /** What is left of a chain. */
  function keptOf(first: KnownSeries): KnownSeries | undefined {
    let kept: KnownSeries | undefined = first;
    while (kept && isOver(kept)) {
      kept = kept.next;
      size--;
    }
    for (let each = kept; each; each = each.next) {
      while (each.next && isOver(each.next)) {
        each.next = each.next.next;
        size--;
      }
    }
    return kept;
  }

  function isOver({ used, lastValue }: KnownSeries): boolean {
    return epoch - used >= (Number.isNaN(lastValue) ? minSweeps : maxSweeps);
  }

  return {
    of(series) {
      const write = memo.get(series);
      if (typeof write === "object") {
        write.used = epoch;
      }
      return write;
    },
    sweep() {
      for (const [hash, first] of known) {
        const kept = keptOf(first);
        if (kept === undefined) {
          known.delete(hash);
        } else if (kept !== first) {
          known.set(hash, kept);
        }
      }
      epoch++;
    },
    get size() {
      return size;
    },
  };
}

function withExternal(labels: Labels, external: Labels): Labels {
  if (external.length === 0) {
    return labels;
  }
  return labelsOf([...labelPairs(external), ...labelPairs(labels)]);
}

/** What every receiver of remote write 1.0 keeps: others vanish behind a 204 (prometheus.md §4). */
function isValid(labels: Labels): boolean {
  if (!isMetricName(labelValue(labels, metricName), "utf8")) {
    return false;
  }
  for (let i = 0; i + 1 < labels.length; i += 2) {
    const value = labels[i + 1] ?? "";
    if (!isLabelName(labels[i] ?? "", "utf8") || !value.isWellFormed()) {
      return false;
    }
  }
  return true;
}

/** FNV-1a, 32 bits, with its low bits mixed: the queue on the disk has the series of earlier processes in the shards that it says. */
function shardHash({ block: { bytes }, start, end }: EncodedLabels): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
