import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStorage, type Storage } from "../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { median } from "./harness.ts";
import { printUsageIfAsked } from "./usage.ts";

// What the disk queue costs beside the disk's own write and fdatasync of the same sizes, and beside SQLite. Each
// measurement in a process of its own, order alternated.

printUsageIfAsked(
  "Usage: node bench/disk-queue.ts [DIRECTORY]\n\nDIRECTORY is on the disk that is measured; default the current one.",
);
const [, , first = process.cwd(), contender, writersText = "1", bytesText = "65536"] = process.argv;
const measureMs = 1500;
const rounds = 3;
const sizes = [4096, 65_536, 524_288];
const writers = [1, 64];

interface Figures {
  readonly batches: number;
  readonly worstDelayMs: number;
}

/** Appends one body, durable when it resolves. */
type Append = (body: Uint8Array) => Promise<unknown>;

if (contender) await measure();
else await compare();

async function compare(): Promise<void> {
  console.log(`\ndisk queue in ${first}: appends, each durable, median of ${rounds} (lowest to highest)`);
  for (const count of writers) {
    for (const bytes of sizes) {
      const rates = new Map<string, Figures[]>();
      const names = ["disk alone", "disk queue", "sqlite"];
      for (let round = 0; round < rounds; round++) {
        for (const name of round % 2 === 0 ? names : names.toReversed()) {
          rates.set(name, [...(rates.get(name) ?? []), await run(name, count, bytes)]);
        }
      }
      console.log(`  ${count} writers, ${bytes} bytes`);
      const alone = median((rates.get("disk alone") ?? []).map(({ batches }) => batches));
      for (const name of names) print(name, rates.get(name) ?? [], { bytes, alone });
    }
  }
  console.log("  one writer, the disk and the queue turn by turn, so that both meet the same noise");
  for (const bytes of sizes) console.log(`    ${await run<string>("in turn", 1, bytes)}`);
  console.log("  drain and restart");
  console.log(`    ${JSON.stringify(await run("lifecycle", 1, 65_536))}`);
}

function print(name: string, figures: readonly Figures[], of: { bytes: number; alone: number }): void {
  const rates = figures.map(({ batches }) => batches);
  const middle = median(rates);
  const spread = `(${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)})`;
  const speed = ((middle * of.bytes) / 1e6).toFixed(1);
  const delay = Math.max(...figures.map(({ worstDelayMs }) => worstDelayMs)).toFixed(1);
  const share = ((100 * middle) / of.alone).toFixed(0);
  console.log(
    `    ${name.padEnd(12)} ${middle.toFixed(0).padStart(7)} batches/s ${spread.padEnd(18)} ${speed.padStart(7)} MB/s  ${share.padStart(4)} %  worst delay of the event loop ${delay} ms`,
  );
}

async function run<Result = Figures>(name: string, count: number, bytes: number): Promise<Result> {
  const child = fork(import.meta.filename, [first, name, String(count), String(bytes)], {
    stdio: "inherit",
    execArgv: ["--expose-gc"],
  });
  const [result] = (await once(child, "message")) as [Result];
  await once(child, "exit");
  return result;
}

async function measure(): Promise<void> {
  const directory = mkdtempSync(join(first, "bench-disk-"));
  const size = Number(bytesText);
  try {
    const special: Readonly<Record<string, typeof lifecycle | typeof inTurn>> = { lifecycle, "in turn": inTurn };
    process.send?.(await (special[contender ?? ""] ?? appends)(directory, size));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  process.disconnect();
}

async function appends(directory: string, size: number): Promise<Figures> {
  const count = Number(writersText);
  const appendWith: Record<string, () => Promise<Append>> = {
    "disk alone": () => diskAlone(directory, count),
    "disk queue": async () => {
      const queue = await (await storageIn(directory)).queue("main");
      return async (body) => {
        const sent = await queue.send([body]);
        if (sent.kind === "failed") throw new Error(sent.reason);
      };
    },
    sqlite: async () => sqlite(directory),
  };
  const append = await appendWith[contender ?? ""]?.();
  if (!append) throw new Error(`There is no ${contender}.`);
  const body = Buffer.alloc(size, "telemetry");
  await Promise.all(Array.from({ length: count }, () => append(body)));
  const watch = watchDelay();
  const startedAt = performance.now();
  let batches = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() - startedAt < measureMs) {
        await append(body);
        batches += 1;
      }
    }),
  );
  return { batches: (batches / (performance.now() - startedAt)) * 1000, worstDelayMs: watch() };
}

/** What the disk itself can do: as many bodies in one write and one flush as there are writers. */
async function diskAlone(directory: string, count: number): Promise<Append> {
  const file = await open(join(directory, "raw"), "a");
  let waiting: { readonly body: Uint8Array; readonly resolve: () => void }[] = [];
  return (body) =>
    new Promise((resolve) => {
      waiting.push({ body, resolve: () => resolve(undefined) });
      if (waiting.length < count) return;
      const group = waiting;
      waiting = [];
      void file
        .writev(group.map((each) => each.body))
        .then(() => file.datasync())
        .then(() => group.forEach((each) => void each.resolve()));
    });
}

/** The other candidate: one table, a commit for whatever was asked for in one turn. */
function sqlite(directory: string): Append {
  const database = new DatabaseSync(join(directory, "queue.db"));
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE q (id INTEGER PRIMARY KEY, body BLOB)",
  );
  const insert = database.prepare("INSERT INTO q (body) VALUES (?)");
  let waiting: { readonly body: Uint8Array; readonly resolve: () => void }[] = [];
  return (body) =>
    new Promise((resolve) => {
      waiting.push({ body, resolve: () => resolve(undefined) });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const group = waiting;
        waiting = [];
        database.exec("BEGIN");
        for (const each of group) insert.run(each.body);
        database.exec("COMMIT");
        for (const each of group) each.resolve();
      });
    });
}

/** One append of the disk alone, one of the queue, and so on. The share is of their whole times, and round by round. */
async function inTurn(directory: string, size: number): Promise<string> {
  const queue = await (await storageIn(join(directory, "queue"))).queue("main");
  const raw = await diskAlone(directory, 1);
  const body = Buffer.alloc(size, "telemetry");
  const shares: number[] = [];
  const times = { raw: 0, queue: 0 };
  let turn = 0;
  await Promise.all([queue.send([body]), raw(body)]);
  for (let round = 0; round < 9; round++) {
    const spent = { raw: 0, queue: 0 };
    for (const startedAt = performance.now(); performance.now() - startedAt < measureMs / 3; ) {
      // Whoever comes second may find a disk that has just been flushed.
      if (turn++ % 2 === 0) spent.raw += await timed(() => raw(body));
      spent.queue += await timed(() => queue.send([body]));
      if (turn % 2 === 0) spent.raw += await timed(() => raw(body));
    }
    shares.push((100 * spent.raw) / spent.queue);
    times.raw += spent.raw;
    times.queue += spent.queue;
  }
  const [least = 0, most = 0] = [Math.min(...shares), Math.max(...shares)];
  const whole = (100 * times.raw) / times.queue;
  return `${size} bytes: ${whole.toFixed(0)} % of the disk's own speed, median ${median(shares).toFixed(0)} % (${least.toFixed(0)} to ${most.toFixed(0)})`;
}

/** Fills a queue with 1 GiB, restarts, and empties it; of a million small ones, the restart. */
async function lifecycle(directory: string, size: number): Promise<Record<string, string>> {
  const body = Buffer.alloc(size, "telemetry");
  const before = memory();
  const storage = await storageIn(directory);
  const queue = await storage.queue("main");
  const batches = Math.floor(2 ** 30 / size);
  await queue.send([body]);
  const idle = memory();
  const fillMs = await timed(async () => {
    for (let sent = 0; sent < batches; sent += 128) await queue.send(Array.from({ length: 128 }, () => body));
  });
  const fullMiB = memory();
  await storage.close();
  const [again, restartMs] = await timedResult(async () => {
    const reopened = await storageIn(directory);
    await reopened.queue("main");
    return reopened;
  });
  const full = await again.queue("main");
  const waiting = full.facts().messages;
  const drainMs = await timed(async () => {
    for (;;) {
      const received = await full.receive({ maxMessages: 128, leaseSeconds: 60 });
      if (received.kind === "failed" || received.messages.length === 0) break;
      await full.delete(received.messages.map(({ receiptHandle }) => receiptHandle));
      await again.upkeep();
    }
  });
  await again.close();
  const mb = (batches * size) / 1e6;
  return {
    filled: `${batches} batches, ${((mb / fillMs) * 1000).toFixed(0)} MB/s`,
    memory: `${idle - before} MiB for an open storage, ${fullMiB - before} MiB with 1 GiB queued`,
    restart: `${restartMs.toFixed(0)} ms with ${waiting} batches queued`,
    drained: `${((mb / drainMs) * 1000).toFixed(0)} MB/s`,
    ...(await million(directory)),
  };
}

async function million(directory: string): Promise<Record<string, string>> {
  const small = Buffer.alloc(100, "x");
  const before = memory();
  const storage = await storageIn(join(directory, "million"));
  const queue = await storage.queue("main");
  for (let sent = 0; sent < 1_000_000; sent += 1000) await queue.send(Array.from({ length: 1000 }, () => small));
  const mib = memory() - before;
  await storage.close();
  const [again, restartMs] = await timedResult(async () => {
    const reopened = await storageIn(join(directory, "million"));
    await reopened.queue("main");
    return reopened;
  });
  const { messages } = (await again.queue("main")).facts();
  await again.close();
  return { "a million of 100 bytes": `restart ${restartMs.toFixed(0)} ms with ${messages}, ${mib} MiB more memory` };
}

async function storageIn(path: string): Promise<Storage> {
  const opened = await openStorage({ path, maxBytes: 2 ** 32, maxAgeMs: 14 * 86_400_000, clock, emit: () => {} });
  if (opened.kind === "failed") throw new Error(opened.problem);
  return opened.storage;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  return (await timedResult(work))[1];
}

async function timedResult<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const startedAt = performance.now();
  return [await work(), performance.now() - startedAt];
}

function memory(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

/** The longest that a timer of 1 ms was late since it was called. */
function watchDelay(): () => number {
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 1);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return worst;
  };
}
