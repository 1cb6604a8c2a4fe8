import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTextParser } from "../shared/prometheus/exposition/exposition.ts";
import { LineCache } from "../shared/prometheus/exposition/line-cache.ts";
import type { RawSeries } from "../shared/prometheus/exposition/raw-series.ts";
import { seededRandom } from "../test/support/seeded-random.ts";

// `node bench/exposition-verdicts.ts [CASES] [SEED]`, with Go installed: mutated expositions through our parser and through that of
// Prometheus (bench/peers/textparse/verdicts). Prints what they do not agree on.
const [cases = 50_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);

interface Given {
  readonly isOpenMetrics: boolean;
  readonly body: Buffer;
}

interface Verdict {
  readonly entries: readonly (readonly string[])[];
  readonly failed: boolean;
}

const fixture = join(import.meta.dirname, "../test/fixtures/prometheus/exposition.json");
const { cases: fixtures } = JSON.parse(readFileSync(fixture, "utf8")) as {
  readonly cases: readonly { readonly contentType: string; readonly text?: string }[];
};
const random = seededRandom(seed);
const pieces = [
  ...' \t\n\r{}",=#1-+.e\\_:aé\0\x01\x7fU'.split(""),
  ...[
    "\xff",
    "\xc3",
    "NaN",
    "inf",
    "-Inf",
    "infinity",
    "1_0",
    "1e400",
    "1e-400",
    "0x1p4",
    "1.",
    ".1",
    " 1000",
    " -5",
    " 1.5",
  ],
  ...[
    "9223372036854775807",
    "9223372036854775808",
    "1e18",
    "\\n",
    '\\"',
    "{}",
    '{"q"}',
    '{"q",a="1"} 1\n',
    '" ',
    ",,",
    "\r\n",
  ],
  ...[
    "# EOF\n",
    "# EOF",
    "##",
    "#\t",
    "#TYPE",
    "# TYPE",
    "# TYPE a",
    "# TYPE a counter\n",
    "# TYPE a summary\n",
    "# HELP a b\n",
  ],
  ...[
    "# HELP",
    "# HELP a ",
    '# HELP "a b" x\n',
    '# TYPE "a b" gauge\n',
    "# UNIT a_s s\n",
    "m 1\n",
    'm{a="1"} 2\n',
    'le="1"',
  ],
  ...['a{le="1"} 1\n', 'a{quantile="1e3"} 1\n', '# {a="b"} 1', ' # {a="b"} 1 2.5\n'],
];
const given = Array.from({ length: cases }, mutated);
const input = given.map(({ isOpenMetrics, body }) => {
  const head = Buffer.alloc(5);
  head[0] = isOpenMetrics ? 1 : 0;
  head.writeUInt32LE(body.length, 1);
  return Buffer.concat([head, body]);
});
const { stdout } = spawnSync("go", ["run", "./verdicts"], {
  cwd: join(import.meta.dirname, "peers/textparse"),
  input: Buffer.concat(input),
  maxBuffer: 2 ** 30,
});
const theirs = stdout
  .toString()
  .trim()
  .split("\n")
  .map((line): Verdict => JSON.parse(line));
let differ = 0;
for (const [index, each] of given.entries()) {
  const [left, right] = [told(judge(each)), told(theirs[index])];
  // Names that are not UTF-8 are refused after the parser there.
  if (!right.includes("\ufffd") && plain(left) !== plain(right)) {
    differ++;
    console.log(each.isOpenMetrics ? "OpenMetrics" : "text", JSON.stringify(each.body.toString("latin1")));
    console.log(`  ours    ${left.slice(0, 300)}\n  theirs  ${right.slice(0, 300)}`);
  }
}
console.log(`${differ} of ${cases} expositions differ, seed ${seed}`);

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

function mutated(): Given {
  const isOpenMetrics = random() < 0.5;
  const seeds = fixtures.filter(
    ({ text, contentType }) =>
      text !== undefined && contentType.startsWith(isOpenMetrics ? "application/openmetrics" : "text/plain"),
  );
  let text = Buffer.from(pick(seeds).text ?? "").toString("latin1");
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    const at = Math.floor(random() * (text.length + 1));
    const removed = random() < 0.5 ? Math.floor(random() * 3) : 0;
    text = text.slice(0, at) + (random() < 0.8 ? pick(pieces) : "") + text.slice(at + removed);
  }
  return { isOpenMetrics, body: Buffer.from(text, "latin1") };
}

/**
 * What counts: a blank before a name becomes part of it there, and no storage takes a sample whose time is not a safe integer.
 */
function plain(text: string): string {
  return text.replaceAll(/"__name__","(?: |\\t)+/g, '"__name__","').replaceAll(/"-?\d{16,19}"/g, '"far"');
}

function told(verdict: Verdict | undefined): string {
  return !verdict || verdict.failed ? "failed" : JSON.stringify(verdict.entries);
}

function judge({ isOpenMetrics, body }: Given): Verdict {
  const entries: string[][] = [];
  const parse = createTextParser(isOpenMetrics ? "openmetrics" : "text", new LineCache<string[]>());
  const parsed = parse(body, {
    series: ({ name, labels }: RawSeries) => pairs([["__name__", name], ...labels]),
    sample: (series, { value, timeMs }) =>
      void entries.push(["sample", bitsOf(value), Number.isNaN(timeMs) ? "" : `${BigInt(timeMs)}`, ...series]),
    exemplar: ({ labels, value, timeMs }) => {
      const all = labels.flatMap((text, i) => (i % 2 === 0 ? [[text, labels[i + 1] ?? ""] as const] : []));
      entries.at(-1)?.push("#", bitsOf(value), timeMs === undefined ? "" : `${timeMs}`, ...pairs(all));
    },
    metadata: (line) => {
      if (line.kind === "type") {
        entries.push([line.kind, line.family, line.type]);
      } else if (line.kind === "help" || line.kind === "unit") {
        entries.push([line.kind, line.family, line.text]);
      }
    },
    gone: () => {},
  });
  return { entries, failed: parsed.kind === "invalid" };
}

function pairs(labels: readonly (readonly [string, string])[]): string[] {
  return [...labels].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).flat();
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Number.isNaN(value) ? "7ff8000000000001" : bytes.toString("hex");
}
