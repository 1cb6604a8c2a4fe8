import type { Entry, LabelSet } from "../../../../shared/loki/entry.ts";
import type { EntryReceiver } from "../../../../shared/loki/entry-receiver.ts";
import { labelSet } from "../../../../shared/loki/labels.ts";
import type { TimedLine } from "../../../../shared/node/log-stream/timed-line.ts";
import { labelPairs, labelsOf } from "../../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../../shared/prometheus/relabel/relabel.ts";
import type { RelabelRule } from "../../../../shared/prometheus/relabel/relabel-rule.ts";

/** Sends lines of a container on, with its labels. Lines of which the rules leave no labels are dropped, as Alloy does. */
export type SendLines = (lines: readonly TimedLine[]) => Promise<void>;

export interface ContainerLabels {
  readonly labels: readonly (readonly [string, string])[];
  /** A label that holds the name of the stream, for the rules. */
  readonly streamLabel?: string;
  readonly rules: readonly RelabelRule[];
}

/** Labels beginning with `__` are for the rules alone. */
export function sendLines({ labels, streamLabel, rules }: ContainerLabels, receiver: EntryReceiver): SendLines {
  const relabel = createRelabel(rules, "targets");
  const known = new Map<string, LabelSet | undefined>();

  function labelsFor(stream: string): LabelSet | undefined {
    if (!known.has(stream)) {
      const all = streamLabel === undefined ? labels : [...labels, [streamLabel, stream] as const];
      const made = relabel(labelsOf(all));
      const kept = made && labelPairs(made).filter(([name]) => !name.startsWith("__"));
      known.set(stream, kept && kept.length > 0 ? labelSet(kept) : undefined);
    }
    return known.get(stream);
  }

  return (lines) => {
    const lent = receiver.lend?.();
    const kept: Entry[] = [];
    for (const line of lines) {
      const own = labelsFor(line.stream);
      if (own === undefined) continue;
      line.labels = own;
      if (lent === undefined) kept.push(line);
      else lent.add(line);
    }
    if (lent !== undefined) return lent.end();
    return kept.length === 0 ? Promise.resolve() : receiver.consume(kept);
  };
}
