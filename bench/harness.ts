import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** One way to do the work of a case: called again and again on the same input. */
export type Contender = () => unknown;

export interface BenchCase {
  /** Bytes of input that one call works through. */
  readonly bytes: number;
  readonly contenders: Readonly<Record<string, Contender>>;
}

export interface Bench {
  readonly title: string;
  /** Prepared only where they run: once for the names, and once in each measuring process. */
  readonly cases: Readonly<Record<string, () => BenchCase | Promise<BenchCase>>>;
  readonly rounds?: number;
  /** Of each measurement, after a warm-up of half of it. */
  readonly milliseconds?: number;
}

/** Median speed by contender in MB/s (10^6 bytes of input a second), by case. */
export type Speeds = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Compares contenders: each measurement in a fresh process, order alternated from round to round, medians of rounds.
 * Call it at the top level of a file in `bench/` with `import.meta.url`: the file is run again to measure.
 * @example await bench(import.meta.url, { title: "scan", cases: { "typical traces": prepare } });
 */
export async function bench(url: string, options: Bench): Promise<Speeds> {
  const [flag, caseName, contender] = process.argv.slice(2);
  if (flag === "--measure" && caseName && contender) return measure(options, caseName, contender);
  const chosen = process.argv.slice(2);
  const speeds: Record<string, Record<string, number>> = {};
  console.log(`\n${options.title}`);
  for (const [name, prepare] of Object.entries(options.cases)) {
    if (chosen.length > 0 && !chosen.some((word) => name.includes(word))) continue;
    const { contenders, bytes } = await prepare();
    speeds[name] = compare(url, name, { contenders: Object.keys(contenders), rounds: options.rounds ?? 5 });
    print(name, bytes, speeds[name]);
  }
  return speeds;
}

/** In a child: prints the speed of one contender and ends the process, before anything else in the file runs. */
async function measure(options: Bench, caseName: string, name: string): Promise<never> {
  const benchCase = await options.cases[caseName]?.();
  const contender = benchCase?.contenders[name];
  if (!contender) throw new Error(`There is no ${name} in ${caseName}.`);
  const milliseconds = options.milliseconds ?? 400;
  await repeat(contender, milliseconds / 2);
  const { calls, elapsedMs } = await repeat(contender, milliseconds);
  process.stdout.write(`${(benchCase.bytes * calls) / elapsedMs / 1000}\n`);
  process.exit(0);
}

async function repeat(contender: Contender, milliseconds: number): Promise<{ calls: number; elapsedMs: number }> {
  const start = performance.now();
  let calls = 0;
  for (;;) {
    const result = contender();
    if (result instanceof Promise) await result;
    calls++;
    const elapsedMs = performance.now() - start;
    if (elapsedMs >= milliseconds && calls >= 2) return { calls, elapsedMs };
  }
}

function compare(url: string, name: string, options: { contenders: string[]; rounds: number }): Record<string, number> {
  const measured = new Map<string, number[]>(options.contenders.map((contender) => [contender, []]));
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? options.contenders : options.contenders.toReversed();
    for (const contender of order) {
      const args = [fileURLToPath(url), "--measure", name, contender];
      const output = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
      measured.get(contender)?.push(Number(output.trim().split("\n").at(-1)));
    }
  }
  return Object.fromEntries([...measured].map(([contender, values]) => [contender, median(values)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? Number.NaN, sorted[sorted.length >> 1] ?? Number.NaN];
  return (low + high) / 2;
}

function print(name: string, bytes: number, speeds: Readonly<Record<string, number>>): void {
  const [first] = Object.values(speeds);
  console.log(`  ${name} (${bytes} bytes)`);
  for (const [contender, speed] of Object.entries(speeds)) {
    const ratio = first === undefined || speed === first ? "" : `  first is ${(first / speed).toFixed(2)} ×`;
    console.log(`    ${contender.padEnd(28)} ${speed.toFixed(1).padStart(9)} MB/s${ratio}`);
  }
}
