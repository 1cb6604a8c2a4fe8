import { median } from "../harness.ts";
import { type Case, type Load, type Measured, measure } from "./measure.ts";
import { type SubjectName, subjects, type World } from "./subject.ts";

/** A row with all its rounds: a figure is their median, and the least and most of them. */
export interface Row {
  readonly name: SubjectName;
  readonly case: Case;
  readonly rounds: readonly Measured[];
}

export interface RoundsOptions {
  readonly world: World;
  readonly names: readonly SubjectName[];
  readonly rounds: number;
  readonly measureMs: number;
  readonly isWanted: (given: Case, name: SubjectName) => boolean;
  /** Told of each round as it ends. */
  readonly onRound: (measured: Measured) => void;
}

const loads: readonly Load[] = ["10k/s", "small", "saturation", "one"];
/** All rows of the table. */
const cases: readonly Case[] = [
  { load: "idle", protocol: "-", coding: "-" },
  ...loads.flatMap((load) =>
    (["grpc", "http"] as const).flatMap((protocol) =>
      (["gzip", "plain"] as const).map((coding): Case => ({ load, protocol, coding })),
    ),
  ),
];

/** Measures all rows, round after round. Each measurement is a fresh process; whoever came first comes last the next time. */
export async function measureRounds(options: RoundsOptions): Promise<readonly Row[]> {
  const { world, names, rounds, measureMs, isWanted, onRound } = options;
  const present = names.filter((name) => subjects[name].version() !== undefined);
  const rows = new Map<string, { name: SubjectName; case: Case; rounds: Measured[] }>();
  let turn = 0;
  for (let round = 0; round < rounds; round++) {
    for (const given of cases) {
      const wanted = present.filter((name) => isWanted(given, name));
      if (wanted.length === 0) continue;
      for (const name of turn++ % 2 ? wanted.toReversed() : wanted) {
        const measured = await measure(name, given, { world, measureMs });
        if (!measured) continue;
        const key = `${keyOf(given)} ${name}`;
        const row = rows.get(key) ?? { name, case: given, rounds: [] };
        row.rounds.push(measured);
        rows.set(key, row);
        onRound(measured);
      }
    }
  }
  const order = (row: Row) => cases.indexOf(row.case) * names.length + names.indexOf(row.name);
  return [...rows.values()].toSorted((left, right) => order(left) - order(right));
}

/** `10k/s/grpc/gzip`. */
export function keyOf({ load, protocol, coding }: Case): string {
  return [load, protocol, coding].filter((word) => word !== "-").join("/");
}

/** The median, and the least and the most beside it where there are several. */
export function figure(row: Row, of: (measured: Measured) => number, digits: number): string {
  const values = row.rounds.map(of);
  const middle = median(values).toFixed(digits);
  if (values.length === 1) return middle;
  return `${middle} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}
