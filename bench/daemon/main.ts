// `npm run bench:daemon`: processor seconds per million spans, memory and latency of the daemon, and of the Collector, rotel and Alloy with the
// same pipeline in the same run where they are installed. Each row of a round is a fresh process.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../infra/bundle.ts";
import { optionsOf } from "../usage.ts";
import { type Load, type Measured, startDestination } from "./measure.ts";
import { writeReport } from "./report.ts";
import { figure, keyOf, measureRounds, type Row } from "./rounds.ts";
import { subjects } from "./subject.ts";

const usage = `Usage: npm run bench:daemon [-- OPTIONS]
       npm run bench:report [-- OPTIONS]

  --seconds N        that a row is measured in a round; default 5
  --rounds N         default 1, of bench:report 3
  --only PREFIX      rows whose name begins so: 10k/s, small, saturation or one, then /grpc or /http, then /gzip or /plain; or idle
  --subjects NAMES   who is measured, with commas between: sluice, before, disk, disk-before, collector, rotel, alloy, file, fsync
  --disk DIRECTORY   on a real disk: adds disk, the daemon with everything flushed into its disk queue before the answer and delivered
                     from there; file and fsync, the Collector with its sending queue in file_storage, without fsync and with it
  --before FILE      adds before and disk-before, the bundle of another commit: dist/daemon/index.mjs of its work tree
  --json             prints all rounds as JSON
  --report           writes the table of docs/performance.md anew; disk is in it for 10k/s and one, below the current directory

bench/peers/install.sh builds the Collector; SLUICE_BENCH_ROTEL and SLUICE_BENCH_ALLOY are the paths of the others. Who is not there is skipped.`;
const values = optionsOf(usage, {
  seconds: { type: "string", default: "5" },
  rounds: { type: "string", default: "1" },
  json: { type: "boolean" },
  report: { type: "boolean" },
  disk: { type: "string" },
  before: { type: "string" },
  subjects: { type: "string" },
  only: { type: "string", default: "" },
});
/** The loads in which the page shows what the disk queue costs: elsewhere it says nothing more. */
const reportedOnDisk: readonly Load[] = ["10k/s", "one"];
const { before } = values;
const disk = values.disk ?? (values.report ? process.cwd() : undefined);
const world = { ...(disk !== undefined && { disk }), ...(before !== undefined && { before }) };
const order = ["sluice", "before", "disk", "disk-before", "collector", "rotel", "alloy", "file", "fsync"] as const;
const all = order.filter((name) => {
  if (name === "before") return before !== undefined;
  if (name === "disk") return disk !== undefined;
  if (name === "disk-before") return before !== undefined && values.disk !== undefined;
  return !["file", "fsync"].includes(name) || values.disk !== undefined;
});
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
  isWanted: (given, name) =>
    keyOf(given).startsWith(values.only) &&
    (name !== "disk" || values.disk !== undefined || reportedOnDisk.includes(given.load)),
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
    name.padEnd(11),
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
    `  ${row.name.padEnd(11)} ${keyOf(row.case).padEnd(21)}`,
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
