import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { labelSet } from "../../shared/loki/labels.ts";
import { openPositions } from "../../shared/node/tail/positions.ts";
import type { TailEvent } from "../../shared/node/tail/tail-event.ts";
import { createTailer } from "../../shared/node/tail/tailer.ts";
import type { TailerOptions } from "../../shared/node/tail/tailer-options.ts";
import { textDecoding } from "../../shared/node/tail/text-decoding.ts";
import { recordingEntries } from "./recording-entries.ts";

const maxWaitMs = 10_000;

/** Resolves when `check` is true; rejects after ten seconds. */
export async function until(check: () => boolean): Promise<void> {
  for (const start = performance.now(); !check(); ) {
    if (performance.now() - start > maxWaitMs) throw new Error(`still not: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A directory for files and one for positions, in which tailers run one after the other. */
export function tailStand() {
  const root = mkdtempSync(join(tmpdir(), "tail-"));
  const file = (name: string) => join(root, name);

  async function run(names: readonly string[], options: Partial<TailerOptions> & { readonly hold?: boolean } = {}) {
    const out = recordingEntries(options.hold ? { hold: true } : {});
    const events: TailEvent[] = [];
    const decoding = textDecoding("");
    if (decoding === undefined) throw new Error("UTF-8 is unknown");
    const tailer = createTailer({
      positions: await openPositions(file("data")),
      receiver: out.receiver,
      decoding,
      minPollMs: 10,
      maxPollMs: 20,
      now: Date.now,
      tell: (event) => void events.push(event),
      ...options,
    });
    const follow = (paths: readonly string[]) =>
      tailer.setTargets(paths.map((name) => ({ path: file(name), labels: labelSet([["job", "x"]]) })));
    follow(names);
    const stop = new AbortController();
    const running = tailer.run(stop.signal);
    const lines = () => out.entries.map(({ line }) => line);
    return {
      ...out,
      events,
      tailer,
      follow,
      lines,
      kinds: () => events.map(({ kind }) => kind),
      reads: (expected: readonly string[]) => until(() => lines().length >= expected.length),
      stop: () => {
        stop.abort();
        return running;
      },
    };
  }

  /** Reads these lines out of a file and nothing more, then stops. */
  async function readAll(name: string, expected: readonly string[], options: Parameters<typeof run>[1] = {}) {
    const tail = await run([name], options);
    await tail.reads(expected);
    await until(() => tail.kinds().includes("opened") || options.compression !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await tail.stop();
    expect(tail.lines()).toEqual(expected);
    return tail;
  }

  return { root, file, run, readAll, remove: () => rmSync(root, { recursive: true, force: true }) };
}
