import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { readObject } from "../shared/aws-events/objects/read-object.ts";
import type { Accept } from "../shared/batch/accept.ts";
import { ResumableGunzip } from "../shared/compression/resumable-gunzip.ts";
import { inflateChunks } from "../shared/node/inflate-chunks.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { createEnqueue } from "../shared/queue/enqueue.ts";
import { corpusBytes, objectCorpus } from "../test/support/objects/object-corpus.ts";
import { median } from "./harness.ts";

// `node bench/objects.ts [KIND…]`: an object of each kind, from gzip in memory to what it says. MB are uncompressed; CPU is of all threads.
const lines = 100_000;
const rounds = 5;

const accepts: Readonly<Record<string, Accept>> = {
  "inflated, cut, read and encoded": async () => ({ kind: "accepted" }),
  "and packed for the queue": createEnqueue({
    queue: { send: async () => ({ kind: "sent" }) },
    destination: "grafana-cloud",
    clock,
    emit: () => {},
    maxBatchBytes: 4 * 2 ** 20,
  }),
};

interface Measured {
  readonly megabytesPerSecond: number;
  readonly cpuSecondsPerMillion: number;
  readonly peakMb: number;
}

const [flag, ...words] = process.argv.slice(2);
if (flag === "--measure") await measure(words[0] ?? "", words[1] ?? "");
else compare(flag === undefined ? [] : [flag, ...words]);

function compare(chosen: readonly string[]): void {
  for (const kind of Object.keys(objectCorpus)) {
    if (chosen.length > 0 && !chosen.includes(kind)) continue;
    console.log(`\n${kind} (${lines} records)`);
    for (const way of ["inflated", ...Object.keys(accepts)]) {
      const measured = Array.from({ length: rounds }, (): Measured => {
        const words = [fileURLToPath(import.meta.url), "--measure", kind, way];
        return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
      });
      const shown = (of: (each: Measured) => number, digits: number) => {
        const values = measured.map(of);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        return `${median(values).toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
      };
      const speed = `${shown((each) => each.megabytesPerSecond, 0)} MB/s`;
      const cpu = `${shown((each) => each.cpuSecondsPerMillion, 2)} CPU s per million`;
      console.log(`  ${way.padEnd(34)} ${speed.padStart(26)}   ${cpu}, peak ${shown((each) => each.peakMb, 0)} MB`);
    }
  }
}

async function measure(kind: string, way: string): Promise<void> {
  const corpus = objectCorpus[kind];
  if (!corpus) throw new Error(`There is no kind ${kind}; there are ${Object.keys(objectCorpus).join(", ")}.`);
  const bytes = corpusBytes(corpus, lines);
  const gzip = gzipSync(bytes);
  // Once to warm up.
  await run(corpus.key, gzip, way);
  const began = { at: performance.now(), cpu: process.cpuUsage() };
  await run(corpus.key, gzip, way);
  const seconds = (performance.now() - began.at) / 1000;
  const { user, system } = process.cpuUsage(began.cpu);
  const measured: Measured = {
    megabytesPerSecond: bytes.length / 1e6 / seconds,
    cpuSecondsPerMillion: (user + system) / lines,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(JSON.stringify(measured));
}

async function run(key: string, gzip: Uint8Array, way: string): Promise<void> {
  const chunks = () => inflateChunks(inPieces(gzip), ResumableGunzip.open());
  const accept = accepts[way];
  if (!accept) {
    let size = 0;
    for await (const chunk of chunks()) size += chunk.length;
    if (size === 0) throw new Error("nothing inflated");
    return;
  }
  const source = { open: async () => ({ kind: "opened", isPlain: false, chunks: chunks() }) as const };
  const options = { source, accept, clock, maxRequestBytes: 2 * 2 ** 20, maxLineBytes: 2 ** 20 };
  const outcome = await readObject({ bucket: "b", key, region: "us-east-2" }, options, Number.POSITIVE_INFINITY);
  if (outcome.kind !== "read" || outcome.records < lines)
    throw new Error(`${outcome.kind}, ${outcome.records} records`);
}

/** As they come over the network. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
