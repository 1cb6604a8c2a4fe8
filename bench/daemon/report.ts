import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "../harness.ts";
import { figure, keyOf, type Row } from "./rounds.ts";
import { type SubjectName, subjects } from "./subject.ts";

export interface ReportFacts {
  readonly rounds: number;
  readonly measureMs: number;
  readonly missing: readonly SubjectName[];
}

const page = join(import.meta.dirname, "../../docs/performance.md");
const marks = { begin: "<!-- bench:report begins -->", end: "<!-- bench:report ends -->" };

/** Writes the table of docs/performance.md anew: the machine, the versions, the date, and a row for each case and program. */
export function writeReport(rows: readonly Row[], facts: ReportFacts): void {
  const text = readFileSync(page, "utf8");
  const [before, rest] = text.split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${page} has no place for the table: ${marks.begin}`);
  const body = [marks.begin, "", about(rows, facts), "", ...table(rows), "", marks.end].join("\n");
  writeFileSync(page, `${before}${body}${after}`);
}

function about(rows: readonly Row[], { rounds, measureMs, missing }: ReportFacts): string {
  const names = [...new Set(rows.map(({ name }) => name))];
  const versions = names.map((name) => subjects[name].version()).filter((each) => each !== undefined);
  const [load = 0] = loadavg();
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${machine}; load average ${load.toFixed(1)} at the end, sender and destination included.`,
    `Versions: ${[...new Set(versions)].join("; ")}.`,
    `${rounds} rounds of ${measureMs / 1000} s a row, each in fresh processes, in turn; medians, least and most in brackets.`,
    ...missing.map((name) => `Not measured here: ${name} (${subjects[name].absent}).`),
  ].join("\n");
}

function table(rows: readonly Row[]): readonly string[] {
  return [
    "| row | program | CPU s per million spans | beside ours | spans/s | p50 ms | p99 ms | RSS peak MiB | of it own |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map((row) => line(row, rows)),
  ];
}

function line(row: Row, rows: readonly Row[]): string {
  const isIdle = row.case.load === "idle";
  const ours = rows.find(({ name, case: other }) => name === "sluice" && other === row.case);
  const cpuOf = (of: Row) => median(of.rounds.map(({ cpu }) => cpu));
  const ratio = ours && ours !== row && !isIdle ? `${(cpuOf(row) / cpuOf(ours)).toFixed(2)} ×` : "";
  const cells = [
    keyOf(row.case),
    row.name,
    isIdle ? `${figure(row, ({ cpu }) => cpu, 1)} ms/s` : figure(row, ({ cpu }) => cpu, 2),
    ratio,
    isIdle ? "" : figure(row, ({ spansPerSecond }) => spansPerSecond, 0),
    isIdle ? "" : figure(row, ({ p50 }) => p50, 1),
    isIdle ? "" : figure(row, ({ p99 }) => p99, 1),
    figure(row, ({ peakMiB }) => peakMiB, 0),
    figure(row, ({ ownMiB }) => ownMiB, 0),
  ];
  return `| ${cells.join(" | ")} |`;
}
