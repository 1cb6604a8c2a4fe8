import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { signals } from "../shared/otlp/signals.ts";
import { transcode } from "../shared/otlp/transcode.ts";
import { signalNames } from "../shared/signal.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import { arbitraryJson } from "./json-requests.ts";

// `node bench/json-verdicts.ts [CASES] [SEED]`, with Go installed: OTLP/JSON by chance through ours and through the Collector's decoder
// (bench/peers/pdata/json). Prints where both take a request and read something else, and for each kind of refusal an example.
const [cases = 20_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const given = Array.from({ length: cases }, () => {
  const signal = Math.floor(random() * 3);
  return { signal, body: Buffer.from(arbitraryJson(random, signal)) };
});
const ours = given.map(({ signal, body }) => transcode(body, signals[signalNames[signal] ?? "traces"]));
const frames = given.flatMap(({ signal, body }, index) => {
  const own = ours[index];
  return [
    frame(signal, body),
    frame(signal + 3, own?.kind === "transcoded" ? Buffer.from(own.bytes) : Buffer.alloc(0)),
  ];
});
const { stdout, stderr } = spawnSync("go", ["run", "./json"], {
  cwd: join(import.meta.dirname, "peers/pdata"),
  input: Buffer.concat(frames),
  maxBuffer: 2 ** 30,
});
let at = 0;
const tally = new Map<string, { count: number; example: string }>();
for (const [index, { body }] of given.entries()) {
  const [theirs, again] = [next(), next()];
  const own = ours[index];
  let verdict = "both read the same";
  if (own?.kind === "rejected")
    verdict = theirs ? `only ours refuses: ${own.message.replaceAll(/\d+/g, "N")}` : "both refuse";
  else if (!theirs) verdict = "only theirs refuses";
  else if (!again) verdict = "BROKEN: theirs refuses what ours wrote";
  else if (!sameBytes(theirs, again)) verdict = "BROKEN: both take it, and read something else";
  if (verdict.startsWith("BROKEN") && body.length < 700) console.log(`${verdict}\n    ${body.toString("latin1")}`);
  const known = tally.get(verdict);
  if (known) known.count++;
  if (!known || body.length < known.example.length)
    tally.set(verdict, { count: (known?.count ?? 0) || 1, example: body.toString("latin1") });
}
for (const [verdict, { count, example }] of [...tally].sort((a, b) => b[1].count - a[1].count))
  console.log(`${count}  ${verdict}\n    ${example}`);
console.log(`seed ${seed} ${stderr}`);

function next(): Buffer | undefined {
  const size = stdout.readInt32LE(at);
  at += 4 + Math.max(0, size);
  return size < 0 ? undefined : stdout.subarray(at - size, at);
}

function frame(signal: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = signal;
  head.writeUInt32LE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Go's NaN has its lowest bit set. */
function sameBytes(left: Buffer, right: Buffer): boolean {
  const plain = (bytes: Buffer) =>
    bytes.toString("latin1").replaceAll("\x01\0\0\0\0\0\xf8\x7f", "\0\0\0\0\0\0\xf8\x7f");
  return plain(left) === plain(right);
}
