import { family, table } from "../shared/alloy/arguments.ts";
import { decodeBody } from "../shared/alloy/decode-body.ts";
import { parseFile } from "../shared/alloy/parse.ts";
import { createSource } from "../shared/alloy/source.ts";
import type { EntryReceiver, LentEntries } from "../shared/loki/entry-receiver.ts";
import { labelSet } from "../shared/loki/labels.ts";
import { LineEntry } from "../shared/loki/line-entry.ts";
import { createPipeline } from "../shared/loki/pipeline.ts";
import { createPushWriter } from "../shared/loki/push-writer.ts";
import type { StageSpec } from "../shared/loki/stages/stage.ts";
import { stageTables } from "../shared/loki/stages/table.ts";
import { stageWorld } from "../test/support/stage-world.ts";
import { type LogPipeline, logPipelines } from "./logs/pipelines.ts";

// What the stages of a pipeline cost for each line, from the bytes of a file to the bytes of a push, without reading and sending:
// `node bench/log-stages.ts [part of a name…]`. Best and median of rounds; all pipelines in one process, in turn.
const rounds = Number(process.env.BENCH_ROUNDS ?? 12);
const blockLines = 300;
const blocks = 40;
const labels = labelSet([
  ["filename", "/var/log/containers/shop-7d4b9c_shop_orders.log"],
  ["job", "bench"],
]);

function load(stages: string): readonly StageSpec[] {
  const source = createSource("", stages);
  const parsed = parseFile(source);
  if (parsed.kind === "invalid") throw new Error(parsed.diagnostics[0]?.message);
  const decoded = decodeBody(parsed.tree.body, table({ stage: family(stageTables) }), {
    source,
    scope: { variables: new Map(), library: new Map() },
  });
  if (decoded.kind === "decoded") return decoded.args.stage;
  throw new Error(decoded.diagnostic.message);
}

/** Takes entries as loki.write does, a megabyte a push. */
function pushes() {
  const writer = createPushWriter();
  const add = (entry: Parameters<typeof writer.add>[0]) => {
    writer.add(entry);
    if (writer.contentBytes < 2 ** 20) return;
    writer.finish();
  };
  const lent: LentEntries = { add, end: () => Promise.resolve() };
  const receiver: EntryReceiver = {
    async consume(entries) {
      for (const entry of entries) add(entry);
    },
    lend: () => lent,
  };
  return receiver;
}

/** One block of a file after the other, each in the same memory, as a tail reads them. */
function prepare({ name, stages, line }: LogPipeline) {
  const pipeline = createPipeline(load(stages), pushes(), stageWorld(Date.now()).world);
  const texts = Array.from({ length: blocks }, (_, index) =>
    Array.from({ length: blockLines }, (_each, at) => line(index * blockLines + at)),
  );
  const contents = texts.map((each) => Buffer.from(each.join("\n")));
  const memory = Buffer.alloc(Math.max(...contents.map(({ length }) => length)));
  const cursor = new LineEntry();
  let nanos = 0;
  return {
    name,
    bytes: contents.reduce((sum, { length }) => sum + length + 1, 0),
    async run(): Promise<void> {
      for (const content of contents) {
        content.copy(memory);
        const block = memory.subarray(0, content.length);
        const lent = pipeline.receiver.lend?.();
        if (lent === undefined) throw new Error("nothing is lent");
        for (let from = 0; from <= block.length; ) {
          const newline = block.indexOf(0x0a, from);
          const to = newline < 0 ? block.length : newline;
          cursor.place(block, from, to);
          cursor.labels = labels;
          cursor.seconds = 1_800_000_000;
          cursor.nanos = nanos++;
          lent.add(cursor);
          from = to + 1;
        }
        // A line that multiline holds is durable later.
        void lent.end();
        await undefined;
      }
    },
  };
}

const words = process.argv.slice(2);
const prepared = logPipelines
  .filter(({ name }) => words.length === 0 || words.includes(name))
  .map((each) => ({ ...prepare(each), nanos: [] as number[] }));
for (let round = -3; round < rounds; round += 1) {
  for (const each of prepared) {
    const start = process.cpuUsage();
    await each.run();
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) each.nanos.push((1000 * (user + system)) / (blocks * blockLines));
  }
}
console.log("processor time for each line, best · median, and lines alone in MB per second of processor");
for (const { name, nanos, bytes } of prepared) {
  const sorted = nanos.toSorted((one, other) => one - other);
  const best = sorted[0] ?? 0;
  const median = sorted[sorted.length >> 1] ?? 0;
  const speed = (bytes / (blocks * blockLines) / median) * 1000;
  console.log(
    `  ${name.padEnd(16)} ${best.toFixed(0).padStart(6)} · ${median.toFixed(0).padStart(6)} ns  ${speed.toFixed(0).padStart(5)} MB/s`,
  );
}
process.exit(0);
