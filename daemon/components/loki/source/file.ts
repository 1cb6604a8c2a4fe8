import {
  attribute,
  block,
  blockWithDefaults,
  type DecodedBy,
  required,
  table,
} from "../../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration, oneOf, string } from "../../../../shared/alloy/text-types.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet } from "../../../../shared/loki/labels.ts";
import { isGlob } from "../../../../shared/node/tail/glob.ts";
import { matchFiles, pathLabel } from "../../../../shared/node/tail/match-files.ts";
import { openPositions, type Positions, PositionsUnreadable } from "../../../../shared/node/tail/positions.ts";
import type { TailTarget } from "../../../../shared/node/tail/tail.ts";
import { createTailer, type Tailer } from "../../../../shared/node/tail/tailer.ts";
import { textDecoding } from "../../../../shared/node/tail/text-decoding.ts";
import { logsReceiver } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { tellTail } from "./tell-tail.ts";

const decompression = table({
  enabled: required(bool),
  format: required(oneOf(["gz", "z", "bz2"]), { help: "`gz`, `z` or `bz2`." }),
  initial_delay: attribute(duration, { help: "How long a file that was found is left alone." }),
});
const fileWatch = table({
  min_poll_frequency: attribute(duration, { default: 250 }),
  max_poll_frequency: attribute(duration, { default: 250 }),
});
const fileMatch = table(
  {
    enabled: attribute(bool),
    sync_period: attribute(duration, { default: 10_000 }),
    ignore_older_than: attribute(duration),
  },
  { validate: ({ sync_period: periodMs }) => (periodMs > 0 ? undefined : "sync period must be greater than 0") },
);
const args = table(
  {
    targets: required(list(target), { help: "`__path__` is the file; other labels go to its entries." }),
    forward_to: required(list(logsReceiver)),
    encoding: attribute(string, { help: "An IANA name; default UTF-8." }),
    tail_from_end: attribute(bool),
    legacy_positions_file: attribute(string),
    on_positions_file_error: attribute(oneOf(["restart_from_beginning", "restart_from_end", "skip"]), {
      default: "restart_from_beginning",
    }),
    decompression: block(decompression),
    file_watch: blockWithDefaults(fileWatch),
    file_match: blockWithDefaults(fileMatch),
  },
  {
    validate: ({ encoding }) =>
      textDecoding(encoding) ? undefined : `the encoding ${JSON.stringify(encoding)} is not known here`,
  },
);

type Arguments = DecodedBy<typeof args>;

/** A file that rests among many is looked at at least this often. */
const maxRestMs = 2_000;
const firstMeasureMs = 500;
const measureMs = 5_000;

/** `loki.source.file`: follows files. A position moves only when the lines before it are durable. */
export const file = defineComponent({
  name: "loki.source.file",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let tailer: Tailer | undefined;
    /** Ends the wait for the next look at the targets; with `restart`, the tailer too. */
    let changed: (restart: boolean) => void = () => {};
    let isGlobTold = false;

    async function targets(): Promise<readonly TailTarget[]> {
      const { targets: wanted, file_match: match } = current;
      const globs = wanted.filter((each) => isGlob(each.get(pathLabel) ?? ""));
      if (!match.enabled && globs[0] && !isGlobTold) {
        isGlobTold = true;
        context.emit("tail.expanded", { path: globs[0].get(pathLabel) ?? "" });
      }
      const plain = match.enabled ? [] : wanted.filter((each) => !globs.includes(each));
      const maxAgeMs = match.enabled ? match.ignore_older_than : 0;
      const found = await matchFiles(match.enabled ? wanted : globs, { maxAgeMs, now: context.clock.now });
      return [...plain, ...found].map(tailTarget);
    }

    /** Until the arguments ask for another tailer, or `abort`. */
    async function follow(positions: Positions, fromEnd: boolean, abort: AbortSignal): Promise<void> {
      const stop = new AbortController();
      const started = startTailer({ given: current, positions, fromEnd, context });
      tailer = started;
      const until = AbortSignal.any([abort, stop.signal]);
      const running = started.run(until);
      const measuring = measure(started, context, until);
      while (!until.aborted) {
        const early = new AbortController();
        changed = (restart) => {
          if (restart) stop.abort();
          early.abort();
        };
        started.setTargets(await targets());
        await context.clock.sleep(current.file_match.sync_period, AbortSignal.any([until, early.signal]));
      }
      await Promise.all([running, measuring]);
    }

    return {
      exports: {},
      async run(abort) {
        const { positions, isLost } = await positionsOf(current, context);
        while (!abort.aborted) {
          const { tail_from_end: fromEnd, on_positions_file_error: onError } = current;
          await follow(positions, fromEnd || (isLost && onError === "restart_from_end"), abort);
        }
      },
      update(next) {
        const { targets: _old, forward_to: _before, ...before } = current;
        const { targets: _new, forward_to: receivers, ...after } = next;
        current = next;
        tailer?.setReceiver(fanOut(receivers));
        changed(JSON.stringify(before) !== JSON.stringify(after));
      },
      debugInfo: () => ({ files: tailer?.status() ?? [] }),
    };
  },
});

/** Says now and then how many files are open. */
async function measure(tailer: Tailer, { id, clock, metrics }: ComponentContext<unknown>, until: AbortSignal) {
  const set = (count: number) => metrics.set("loki_source_file_files_active_total", { component_id: id }, count);
  for (let pauseMs = firstMeasureMs; !until.aborted; pauseMs = measureMs) {
    await clock.sleep(pauseMs, until);
    set(tailer.status().filter(({ is_running: isRunning }) => isRunning).length);
  }
  set(0);
}

interface Start {
  readonly given: Arguments;
  readonly positions: Positions;
  readonly fromEnd: boolean;
  readonly context: ComponentContext<unknown>;
}

function startTailer({ given, positions, fromEnd, context }: Start): Tailer {
  const decoding = textDecoding(given.encoding);
  if (decoding === undefined) throw new Error(`the encoding ${given.encoding} is not known here`);
  const { decompression: compressed, file_watch: watch } = given;
  const compression = compressed?.enabled ? compressed.format : undefined;
  return createTailer({
    positions,
    receiver: fanOut(given.forward_to),
    decoding,
    fromEnd,
    ...(compression && { compression, compressedDelayMs: compressed?.initial_delay ?? 0 }),
    minPollMs: watch.min_poll_frequency,
    maxPollMs: Math.max(watch.max_poll_frequency, maxRestMs),
    now: context.clock.now,
    tell: (event) => tellTail(event, context),
  });
}

async function positionsOf(
  { legacy_positions_file: legacyFile, on_positions_file_error: onError }: Arguments,
  { storageDir, emit }: ComponentContext<unknown>,
): Promise<{ positions: Positions; isLost: boolean }> {
  try {
    return { positions: await openPositions(storageDir, legacyFile || undefined), isLost: false };
  } catch (error) {
    if (!(error instanceof PositionsUnreadable) || onError === "skip") throw error;
    emit("positions.failed", { message: error.message });
    return { positions: await openPositions(storageDir, undefined, { ignoreOld: true }), isLost: true };
  }
}

function tailTarget(labels: Target): TailTarget {
  const kept = [...labels].filter(([name]) => !name.startsWith("__"));
  return { path: labels.get(pathLabel) ?? "", labels: labelSet(kept) };
}
