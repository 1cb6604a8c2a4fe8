import { errorText } from "../../error-text.ts";
import { createFamilies, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import type { UnixOptions } from "./options.ts";
import { UnsupportedCollector } from "./unsupported-collector.ts";

/** A collector that failed; `unsupported` when it can never work here. */
export interface CollectorFailure {
  readonly collector: string;
  readonly reason: string;
  readonly unsupported: boolean;
}

/** What gathering needs of its surroundings. */
export interface GatherOptions {
  readonly collectors: readonly Collector[];
  readonly options: UnixOptions;
  readonly host: Host;
  /** Milliseconds from any start, never going back. */
  readonly elapsedMs: () => number;
  /** Lets other work run; called when a few milliseconds were used in one go. */
  readonly pause: () => Promise<void>;
  /** Told once for each reason of each collector. */
  readonly onFailure: (failure: CollectorFailure) => void;
}

const maxStretchMs = 5;

/**
 * Runs the collectors one after another and gives the exposition text, with node_scrape_collector_duration_seconds and
 * node_scrape_collector_success for each. Never rejects: a collector that fails is told and has success 0.
 */
export function createGather({ collectors, options, host, elapsedMs, pause, onFailure }: GatherOptions) {
  const running = collectors.map(({ name, create }) => ({
    name,
    labels: labelText({ collector: name }),
    collect: create(options),
  }));
  const told = new Map<string, string>();

  return async function gather(): Promise<string> {
    const out = createFamilies();
    const durations = out.gauge("node_scrape_collector_duration_seconds", "How long the collector took.");
    const successes = out.gauge("node_scrape_collector_success", "Whether the collector succeeded.");
    let stretch = elapsedMs();
    for (const { name, labels, collect } of running) {
      const began = elapsedMs();
      let success = 0;
      try {
        const collected = collect(host, out);
        success = (typeof collected === "string" ? collected : await collected) === "collected" ? 1 : 0;
        told.delete(name);
      } catch (error) {
        tell(name, error);
      }
      const ended = elapsedMs();
      durations.add((ended - began) / 1000, labels);
      successes.add(success, labels);
      if (ended - stretch < maxStretchMs) continue;
      await pause();
      stretch = elapsedMs();
    }
    return out.text();
  };

  function tell(collector: string, error: unknown): void {
    const reason = errorText(error);
    if (told.get(collector) === reason) return;
    told.set(collector, reason);
    onFailure({ collector, reason, unsupported: error instanceof UnsupportedCollector });
  }
}
