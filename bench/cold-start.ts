import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { ArtifactName } from "../infra/artifacts.ts";
import { bundle, bundleEntry } from "../infra/bundle.ts";
import { ssmEnvironment, startFakeSsm } from "../test/support/fake-ssm.ts";

/** Medians over the rounds, in milliseconds: of the whole start, and of the processor time in it. */
export interface ColdStart {
  readonly bytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

const references = { "bare https": "bench/cold-start/bare-https.ts", "SDK clients": "bench/cold-start/sdk-clients.ts" };

/**
 * Starts bundles as Lambda does, each in fresh processes, one after the other in every round: import, settings read from a
 * Parameter Store on loopback, handler there. The two references are what it costs to import nothing but the SDK's
 * clients, and nothing but `node:https`.
 */
export async function measureColdStarts(names: readonly ArtifactName[], { rounds = 9 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-cold-start-"));
  const ssm = await startFakeSsm();
  try {
    const files = new Map<string, string>();
    for (const [name, entry] of Object.entries(references)) {
      const outfile = join(folder, name.replace(" ", "-"), "index.mjs");
      mkdirSync(join(outfile, ".."));
      await bundleEntry(entry, { kind: "function", outfile });
      files.set(name, outfile);
    }
    for (const name of names) files.set(name, (await bundle(name, folder)).file);
    for (const [name, value] of parameters) ssm.put(`/sluice/bench/${name}`, value);
    const environment = { ...functionEnvironment, ...ssmEnvironment(ssm) };
    const samples = new Map<string, { wallMs: number; cpuMs: number }[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, file] of files) {
        samples.set(name, [...(samples.get(name) ?? []), await start(file, environment)]);
        if (!withPipeline.includes(name)) continue;
        const piped = `${name}, pipeline`;
        const given = { ...environment, SLUICE_PIPELINE_FILE: pipelineFile };
        samples.set(piped, [...(samples.get(piped) ?? []), await start(file, given)]);
      }
    }
    return new Map(
      [...samples].map(([name, taken]) => [name, summary(files.get(name.replace(", pipeline", "")) ?? "", taken)]),
    );
  } finally {
    await ssm.close();
    rmSync(folder, { recursive: true });
  }
}

/** The functions that are started a second time, with a pipeline. */
const withPipeline = ["ingest", "flush"];
const pipelineFile = join(import.meta.dirname, "../examples/functions.alloy");

const functionEnvironment = {
  SLUICE_STAGE: "bench",
  SLUICE_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/sluice-bench",
  SLUICE_DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/sluice-bench-dead-letters",
};

const parameters = [
  ["grafana-cloud/endpoint", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"],
  ["grafana-cloud/instance-id", "123456"],
  ["grafana-cloud/api-key", "glc_bench"],
  ["pipeline/env/GRAFANA_CLOUD_OTLP_ENDPOINT", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"],
] as const;

const child = `
const began = performance.now(), before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stderr.write("\\n" + JSON.stringify({ wallMs: performance.now() - began, cpuMs: (user + system) / 1000 }));
process.exit(0);`;

async function start(file: string, env: Readonly<Record<string, string>>): Promise<{ wallMs: number; cpuMs: number }> {
  const arguments_ = ["--input-type=module", "--eval", child, pathToFileURL(file).href];
  const started = spawn(process.execPath, arguments_, { env, stdio: ["ignore", "ignore", "pipe"] });
  const output = await text(started.stderr);
  try {
    return JSON.parse(output.split("\n").at(-1) ?? "");
  } catch {
    throw new Error(`${file} did not start: ${output}`);
  }
}

function summary(file: string, samples: readonly { wallMs: number; cpuMs: number }[]): ColdStart {
  return {
    bytes: statSync(file).size,
    wallMs: median(samples.map(({ wallMs }) => wallMs)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const names = ["ingest", "flush", "replay"] as const;
  const starts = await measureColdStarts(names);
  console.log(`${"".padEnd(16)} ${"KiB".padStart(6)} ${"start ms".padStart(9)} ${"CPU ms".padStart(8)}`);
  for (const [name, { bytes, wallMs, cpuMs }] of starts) {
    const columns = [
      (bytes / 1024).toFixed(0).padStart(6),
      wallMs.toFixed(0).padStart(9),
      cpuMs.toFixed(0).padStart(8),
    ];
    console.log(`${name.padEnd(16)} ${columns.join(" ")}`);
  }
}
