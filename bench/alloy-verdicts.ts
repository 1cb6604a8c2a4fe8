import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { textOfBytes } from "../shared/alloy/text.ts";
import type { Value } from "../shared/alloy/value.ts";
import { agree, judge, noted, type Verdict } from "../test/support/alloy/library-call.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import { arbitraryCall } from "./alloy-calls.ts";

// `node bench/alloy-verdicts.ts [CASES] [SEED] [CALL]`, with Go installed: random calls of the standard library, literals, durations and
// sizes through ours and through the Go packages beneath Alloy's (bench/peers/alloy-library). Prints what they do not agree on.
const [cases = 20_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
const random = seededRandom(seed);
const calls = Array.from({ length: cases }, () => arbitraryCall(random, only));
const { stdout, stderr } = spawnSync("go", ["run", "."], {
  cwd: join(import.meta.dirname, "peers/alloy-library"),
  input: calls.map(({ call, args }) => JSON.stringify({ call, args: args.map(noted) })).join("\n"),
  maxBuffer: 2 ** 30,
});
const theirs = stdout.toString().trim().split("\n");
if (theirs.length !== cases) throw new Error(`${theirs.length} verdicts for ${cases} calls: ${stderr}`);
let differ = 0;
for (const [index, given] of calls.entries()) {
  const right = JSON.parse(theirs[index] ?? "") as Verdict;
  const left = judge(given);
  if (agree(given.call, left, right)) continue;
  // Widths are cut here, and what makes Alloy panic is an error of another kind.
  if (JSON.stringify(right).length > 10_000 || right.error?.startsWith("panic") === true) continue;
  differ++;
  console.log(given.call, ...given.args.map(readable));
  console.log(`  ours    ${left.error ?? readable(left.value)}`);
  console.log(`  theirs  ${right.error ?? readable(right.value)}`);
}
console.log(`${differ} of ${cases} calls differ, seed ${seed}`);

function readable(value: unknown): string {
  const plain = isNote(value) ? value : noted(value as Value);
  return JSON.stringify(plain, (_key, each) =>
    typeof each === "object" && each !== null && "string" in each
      ? textOfBytes(Buffer.from(String(each.string), "base64"))
      : each,
  );
}

function isNote(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map)
    ? !("kind" in value)
    : Array.isArray(value) && value.some(isNote);
}
