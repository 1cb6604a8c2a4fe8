// `npm run bench:daemon [-- --seconds 4 --rounds 3 --disk DIRECTORY --only saturation/http]`: processor seconds per million spans, memory and
// latency of the daemon, and of the Collector, rotel and Alloy with the same pipeline in the same run where they are installed: the Collector by
// bench/peers/install.sh, the others where SLUICE_BENCH_ROTEL and SLUICE_BENCH_ALLOY are their paths. Each row of a round is a fresh process.
// With --disk, three more subjects: the daemon with everything through its queue on the disk, flushed before the answer, and delivered from
// there; and the Collector with its sending queue in file_storage, without fsync (its default) and with it.
// With --before FILE, the bundle of another commit is measured in turn (`dist/daemon/index.mjs` of its work tree); --subjects says who is measured.
// With --report, the table of docs/performance.md is written anew.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "../../infra/bundle.ts";
import { type Measured, startDestination } from "./measure.ts";
import { writeReport } from "./report.ts";
import { figure, keyOf, measureRounds, type Row } from "./rounds.ts";
import { type SubjectName, subjects } from "./subject.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "1" },
    json: { type: "boolean" },
    report: { type: "boolean" },
    disk: { type: "string" },
    before: { type: "string" },
    subjects: { type: "string" },
    /** Beginning of `load/protocol/coding`. */
    only: { type: "string", default: "" },
  },
});
const { disk, before } = values;
const world = { ...(disk !== undefined && { disk }), ...(before !== undefined && { before }) };
const onDisk: readonly SubjectName[] = disk === undefined ? [] : ["disk", "file", "fsync"];
const earlier: readonly SubjectName[] = before === undefined ? [] : ["before"];
const all: readonly SubjectName[] = ["sluice", ...earlier, "collector", "rotel", "alloy", ...onDisk];
const names = all.filter((name) => values.subjects?.split(",").includes(name) ?? true);
const missing = names.filter((name) => subjects[name].version() === undefined);
for (const name of missing) process.stderr.write(`${name} is skipped: ${subjects[name].absent}\n`);

const { file } = await bundle("daemon", mkdtempSync(join(tmpdir(), "sluice-bench-")));
const destination = await startDestination();
const settings = { rounds: Number(values.rounds), measureMs: Number(values.seconds) * 1000 };
const rows = await measureRounds({
  ...settings,
  world: { destination: destination.url, bundle: file, ...world },
  names,
  only: values.only,
  onRound: (measured) => (values.json ? undefined : process.stdout.write(`${describe(measured)}\n`)),
});
destination.stop();
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else if (settings.rounds > 1) for (const row of rows) process.stdout.write(`${summarize(row)}\n`);
if (!values.json) compare();
if (values.report) writeReport(rows, { ...settings, missing });

function describe({ name, case: given, ...round }: Measured): string {
  const perCore = Math.round(1e6 / round.cpu);
  const cells = [
    name.padEnd(9),
    keyOf(given).padEnd(21),
    given.load === "idle" ? `${round.cpu.toFixed(1)} ms/s` : `${round.cpu.toFixed(2)} s/M`.padStart(10),
    given.load === "idle" ? "" : `${perCore} spans/core·s`.padStart(20),
    `${Math.round(round.spansPerSecond)} spans/s`.padStart(15),
    `p50 ${round.p50.toFixed(1)} ms`.padStart(13),
    `p99 ${round.p99.toFixed(1)} ms`.padStart(14),
    `${round.peakMiB.toFixed(0)} MiB, own ${round.ownMiB.toFixed(0)}`.padStart(16),
    round.refused > 0 ? `${round.refused} spans refused` : "",
  ];
  return cells.join(" ").trimEnd();
}

function summarize(row: Row): string {
  const cells = [
    `  ${row.name.padEnd(9)} ${keyOf(row.case).padEnd(21)}`,
    `CPU ${figure(row, ({ cpu }) => cpu, 2)}`,
    `p50 ${figure(row, ({ p50 }) => p50, 1)}`,
    `p99 ${figure(row, ({ p99 }) => p99, 1)}`,
    `${figure(row, ({ peakMiB }) => peakMiB, 0)} MiB`,
  ];
  return cells.join("  ");
}

/** What each other one needs beside the daemon, or beside its disk queue. */
function compare(): void {
  for (const row of rows) {
    const own = row.name === "file" || row.name === "fsync" ? "disk" : "sluice";
    const ours = rows.find((other) => other.name === own && other.case === row.case);
    if (!ours || ours === row || row.case.load === "idle") continue;
    const ratio = (of: (measured: Measured) => number) => (middle(row, of) / middle(ours, of)).toFixed(2);
    const cpu = ratio((measured) => measured.cpu);
    const memory = ratio((measured) => measured.peakMiB);
    process.stdout.write(
      `  ${keyOf(row.case)}: ${row.name} needs ${cpu} times the processor of ${own}, ${memory} times the memory\n`,
    );
  }
}

function middle(row: Row, of: (measured: Measured) => number): number {
  return Number.parseFloat(figure(row, of, 4));
}
