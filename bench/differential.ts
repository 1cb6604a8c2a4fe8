import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { signals } from "../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../shared/signal.ts";
import { scan } from "../shared/wire/scan.ts";
import { fuzzSeeds } from "../test/support/fuzz/seeds.ts";
import { arbitraryRequest } from "../test/support/otlp/arbitrary-request.ts";
import { createDice, mutate } from "../test/support/otlp/mutate.ts";

// `node bench/differential.ts [CASES] [FROM]`, with Go installed: mutated requests through scan and through the Collector's
// decoder, which Grafana's backends use. Whatever scan accepts and that decoder refuses would fail a whole merged batch.
const [cases = 100_000, from = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const folder = join(import.meta.dirname, "peers", "pdata");
const seeds = await collectSeeds();
const requests = Array.from({ length: cases }, (_, index) => requestOf(from + index));
const output = execFileSync("go", ["run", "."], {
  cwd: folder,
  input: Buffer.concat(requests.map(frame)),
  maxBuffer: 2 ** 30,
});

const tally = new Map<string, number>();
for (const [index, { name, bytes }] of requests.entries()) {
  const items = output.readInt32LE(index * 4);
  const verdict = compare(scan(bytes, signals[name].request), items);
  tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
  if (verdict.startsWith("BROKEN")) console.log(verdict, name, Buffer.from(bytes).toString("hex"));
}
for (const [verdict, count] of [...tally].sort(([, left], [, right]) => right - left))
  console.log(`${count}  ${verdict}`);
process.exitCode = [...tally.keys()].some((verdict) => verdict.startsWith("BROKEN")) ? 1 : 0;

function compare(scanned: ReturnType<typeof scan>, items: number): string {
  if (scanned.kind === "rejected") {
    return items < 0 ? "both refuse" : `refused by scan alone: ${scanned.message.replaceAll(/\d+/g, "N")}`;
  }
  if (items < 0) return "BROKEN: accepted by scan alone";
  // Of a oneof member that stands twice the Collector keeps the last occurrence, protobuf's own rule is to merge them.
  return items === scanned.items ? "both accept, same count" : "both accept, count differs";
}

async function collectSeeds(): Promise<Record<SignalName, Uint8Array[]>> {
  const recorded = await fuzzSeeds("protobuf");
  function of(name: SignalName): Uint8Array[] {
    const generated = fc.sample(arbitraryRequest(name), { numRuns: 150, seed: 1 });
    return [...recorded[name], ...generated.filter((bytes) => bytes.length > 0 && bytes.length < 4000)];
  }
  return { traces: of("traces"), metrics: of("metrics"), logs: of("logs") };
}

function requestOf(number: number): { name: SignalName; bytes: Uint8Array } {
  const dice = createDice(number);
  const name = signalNames[dice.below(signalNames.length)] ?? "traces";
  const list = seeds[name];
  const [seed, other] = [list[dice.below(list.length)], list[dice.below(list.length)]];
  return { name, bytes: seed && other ? mutate(seed, dice, other) : new Uint8Array(0) };
}

function frame({ name, bytes }: { name: SignalName; bytes: Uint8Array }): Buffer {
  const head = Buffer.alloc(5);
  head[0] = signalNames.indexOf(name);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
