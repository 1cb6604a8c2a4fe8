import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { attribute, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { errorText } from "../../../../shared/error-text.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet } from "../../../../shared/loki/labels.ts";
import { type JournalFields, journalEntries } from "../../../../shared/node/log-stream/journal-export.ts";
import { createInFlight } from "../../../../shared/node/tail/in-flight.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { createRelabelEntries, type RelabelEntries } from "../relabel-entries.ts";
import { withPositions } from "./with-positions.ts";

const args = table({
  forward_to: required(list(logsReceiver)),
  format_as_json: attribute(bool, { help: "The line is all fields as JSON, not the message alone." }),
  max_age: attribute(duration, { default: 7 * 3_600_000, help: "How far back the first start reads." }),
  path: attribute(string, { help: "A directory with journals; empty: the machine's." }),
  matches: attribute(string, { help: "`FIELD=value FIELD=value`: entries that have them all." }),
  relabel_rules: attribute(relabelRules),
  labels: attribute(map(string), { help: "Labels of every entry." }),
  legacy_position: attribute(string, { unsupported: "the first start reads what max_age says" }),
});

type Arguments = DecodedBy<typeof args>;
type Journalctl = ChildProcessByStdio<null, Readable, Readable>;

const priorities = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];
const cursorKey = "cursor-journal";
const program = "journalctl";
const maxBatch = 500;
const maxBytesInFlight = 4 * 1024 * 1024;
const restartMs = { initial: 500, max: 30_000 };
const maxCached = 10_000;

/** `loki.source.journal`: follows the journal of systemd through `journalctl`. */
export const journal = defineComponent({
  name: "loki.source.journal",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let changed: () => void = () => {};
    return {
      exports: {},
      run: (abort) =>
        withPositions(context, async (positions) => {
          let pause = restartMs.initial;
          while (!abort.aborted) {
            const restart = new AbortController();
            changed = () => restart.abort();
            const problem = await follow(current, {
              positions,
              context,
              signal: AbortSignal.any([abort, restart.signal]),
            });
            pause = problem === undefined ? restartMs.initial : Math.min(restartMs.max, pause * 2);
            if (problem !== undefined) context.emit("log.failed", { target: "journal", message: problem });
            context.setHealth(problem === undefined ? "healthy" : "unhealthy", problem ?? "");
            if (!abort.aborted && problem !== undefined) await context.clock.sleep(pause, abort);
          }
        }),
      update(next) {
        current = next;
        changed();
      },
    };
  },
});

interface FollowOptions {
  readonly positions: Positions;
  readonly context: ComponentContext<unknown>;
  readonly signal: AbortSignal;
}

/** Reads until `signal` aborts, or returns why it cannot. */
async function follow(given: Arguments, { positions, context, signal }: FollowOptions): Promise<string | undefined> {
  // Alloy keeps it by the id of the component.
  const cursor = (positions.get(cursorKey, "") ?? positions.get(`cursor-${context.id}`, ""))?.file;
  const child = spawn(program, flags(given, { cursor, now: context.clock.now() }), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const failed = failureOf(child);
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  let roomMade = () => {};
  const inFlight = createInFlight(() => roomMade());
  const receiver = fanOut(given.forward_to);
  const entryOf = entries(given, context.id);
  try {
    for await (const batch of batches(journalEntries(child.stdout))) {
      if (signal.aborted) break;
      const last = batch.at(-1)?.get("__CURSOR");
      const made = entryOf(batch);
      context.metrics.add("loki_source_journal_target_lines_total", { component_id: context.id }, batch.length);
      const lost = given.format_as_json ? 0 : batch.filter((fields) => !fields.has("MESSAGE")).length;
      const empty = { component_id: context.id, error: "empty_message" };
      if (lost > 0) context.metrics.add("loki_source_journal_target_parsing_errors_total", empty, lost);
      const bytes = made.reduce((sum, { line }) => sum + line.length, 0);
      const sending = made.length === 0 ? Promise.resolve() : receiver.consume(made);
      inFlight.add({ bytes, sending, passed: () => last && positions.set(cursorKey, "", { offset: 0, file: last }) });
      while (inFlight.bytes > maxBytesInFlight && !signal.aborted) {
        await new Promise<void>((resolve) => {
          roomMade = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
  } catch (error) {
    return errorText(error);
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
    await Promise.race([inFlight.idle(), context.clock.sleep(5_000)]);
  }
  const problem = await failed;
  if (signal.aborted) return undefined;
  // A cursor that the journal no longer knows: go on by time.
  if (/cursor/i.test(problem)) for (const each of [cursorKey, `cursor-${context.id}`]) positions.delete(each, "");
  return problem;
}

function flags({ path, matches, max_age: maxAgeMs }: Arguments, from: { cursor: string | undefined; now: number }) {
  const since = `--since=@${Math.max(0, Math.floor((from.now - maxAgeMs) / 1000))}`;
  return [
    "--output=export",
    "--follow",
    "--no-tail",
    "--all",
    "--quiet",
    from.cursor === undefined ? since : `--after-cursor=${from.cursor}`,
    ...(path === "" ? [] : [`--directory=${path}`]),
    "--",
    ...matches.split(/\s+/).filter((match) => match !== ""),
  ];
}

/** Why the program has ended. */
function failureOf(child: Journalctl): Promise<string> {
  let told = "";
  child.stderr.on("data", (chunk: Buffer) => {
    told = (told + chunk.toString()).slice(-500);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`${program} cannot be started: ${error.message}`));
    child.once("close", (code) =>
      resolve(`${program} ended with ${code ?? "a signal"}: ${told.trim() || "it said nothing"}`),
    );
  });
}

/** What has come is taken together. */
async function* batches(source: AsyncGenerator<JournalFields>): AsyncGenerator<readonly JournalFields[]> {
  let next = source.next();
  for (;;) {
    const first = await next;
    if (first.done) return;
    const batch = [first.value];
    next = source.next();
    while (batch.length < maxBatch) {
      const more = await Promise.race([next, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
      if (more === undefined || more.done) break;
      batch.push(more.value);
      next = source.next();
    }
    yield batch;
  }
}

function entries(given: Arguments, id: string): (batch: readonly JournalFields[]) => readonly Entry[] {
  const { labels, relabel_rules: rules = [], format_as_json: asJson } = given;
  const own = new Map([["job", id] as const, ...labels]);
  const relabelled: RelabelEntries = createRelabelEntries(rules, maxCached);
  return (batch) => {
    const made = batch.flatMap((fields): Entry[] => {
      const message = fields.get("MESSAGE");
      if (message === undefined && !asJson) return [];
      const line = asJson ? JSON.stringify(Object.fromEntries(fields)) : (message ?? "");
      const all = labelSet([...own, ...fieldLabels(fields)]);
      const micros = /^[0-9]+$/.exec(fields.get("__REALTIME_TIMESTAMP") ?? "")?.[0] ?? "0";
      return [{ labels: all, timeUnixNano: BigInt(micros) * 1000n, line, metadata: [] }];
    });
    return relabelled.entries(made).map((entry) => ({
      ...entry,
      labels: entry.labels.filter(({ name }) => !name.startsWith("__")),
    }));
  };
}

/** `_SYSTEMD_UNIT` → `__journal__systemd_unit`. */
function* fieldLabels(fields: JournalFields): Generator<readonly [string, string]> {
  for (const [name, value] of fields) if (name !== "MESSAGE") yield [`__journal_${name.toLowerCase()}`, value];
  const priority = priorities[Number(fields.get("PRIORITY") ?? Number.NaN)];
  if (priority !== undefined) yield ["__journal_priority_keyword", priority];
}
