import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { packagedFile } from "../functions/packaged-file.ts";
import type { ArtifactName } from "../infra/artifacts.ts";
import { bundle, bundleEntry } from "../infra/bundle.ts";
import { startEmbeddedSqs } from "../local/embedded-sqs.ts";
import { ssmEnvironment, startFakeSsm } from "../test/support/fake-ssm.ts";
import { printUsageIfAsked } from "./usage.ts";

/** Of one start, in milliseconds: the whole of it, the processor time in it, and the processor time of a first request. */
interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly requestMs: number;
}

/** Medians over the rounds. */
export interface ColdStart extends Sample {
  /** Of all that was loaded as it started. */
  readonly bytes: number;
}

const references = {
  "bare https": "bench/cold-start/bare-https.ts",
  "SDK clients": "bench/cold-start/sdk-clients.ts",
  "signed clients": "bench/cold-start/signed-clients.ts",
};

/**
 * Starts bundles as Lambda does, each in fresh processes, one after the other in every round: import, settings read from a
 * Parameter Store on loopback, handler there; then ingest takes a request, into a queue on loopback. The references are
 * `node:https` and nothing else, and the calls of AWS and nothing else, through the SDK and through our own clients.
 */
export async function measureColdStarts(names: readonly ArtifactName[], { rounds = 9 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-cold-start-"));
  const ssm = await startFakeSsm();
  const sqs = await startEmbeddedSqs({ dataDir: join(folder, "sqs") });
  const { url: SLUICE_QUEUE_URL } = sqs.createQueue("sluice-bench", {});
  try {
    const files = new Map<string, Started>();
    for (const [name, entry] of Object.entries(references)) {
      const outfile = join(folder, name.replace(" ", "-"), "index.mjs");
      mkdirSync(join(outfile, ".."));
      files.set(name, { file: outfile, bytes: (await bundleEntry(entry, { kind: "function", outfile })).length });
    }
    for (const name of names) {
      const built = await bundle(name, folder);
      files.set(name, built);
      if (!withPipeline.includes(name)) continue;
      const packaged = await bundle(name, join(folder, "packaged"), pipelineFile);
      files.set(`${name}, packaged`, { ...packaged, env: { SLUICE_PIPELINE_FILE: packagedFile } });
      files.set(`${name}, read`, { ...built, env: { SLUICE_PIPELINE_FILE: pipelineFile } });
    }
    for (const [name, value] of parameters) ssm.put(`/sluice/bench/${name}`, value);
    const environment = { ...functionEnvironment, SLUICE_QUEUE_URL, ...ssmEnvironment(ssm) };
    const samples = new Map<string, Sample[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, { file, env }] of files) {
        const sample = await start(file, name, { ...environment, ...env });
        samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
    return new Map(
      [...samples].map(([name, taken]) => [name, { bytes: files.get(name)?.bytes ?? 0, ...summary(taken) }]),
    );
  } finally {
    await ssm.close();
    await sqs.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Started {
  readonly file: string;
  readonly bytes: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The functions that are started with a pipeline too: one that they were packaged with, and one that is read at the start. */
const withPipeline = ["ingest", "flush"];
const pipelineFile = join(import.meta.dirname, "../examples/functions.alloy");

const functionEnvironment = {
  SLUICE_STAGE: "bench",
  SLUICE_DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/sluice-bench-dead-letters",
};

const parameters = [
  ["grafana-cloud/endpoint", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"],
  ["grafana-cloud/instance-id", "123456"],
  ["grafana-cloud/api-key", "glc_bench"],
  ["pipeline/env/GRAFANA_CLOUD_OTLP_ENDPOINT", "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp"],
] as const;

/** A request for ingest; the references take any. Flush and replay get none. */
const event = {
  requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/bench/1" } },
  httpMethod: "POST",
  path: "/v1/logs",
  queryStringParameters: {},
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 9, body: { stringValue: "x".repeat(500) } }] }] }],
  }),
  isBase64Encoded: false,
};

const child = `
const cpu = (before) => { const { user, system } = process.cpuUsage(before); return (user + system) / 1000; };
const began = performance.now(), before = process.cpuUsage();
const { handler } = await import(process.argv[1]);
const started = { wallMs: performance.now() - began, cpuMs: cpu(before) };
const asked = process.cpuUsage();
const answer = process.argv[2] && (await handler(JSON.parse(process.argv[2])));
if (answer?.statusCode >= 300) throw new Error(JSON.stringify(answer));
process.stderr.write("\\n" + JSON.stringify({ ...started, requestMs: cpu(asked) }));
process.exit(0);`;

const requested = ["SDK clients", "signed clients", "ingest", "ingest, packaged", "ingest, read"];

async function start(file: string, name: string, env: Readonly<Record<string, string>>): Promise<Sample> {
  const given = requested.includes(name) ? [JSON.stringify(event)] : [];
  const arguments_ = ["--input-type=module", "--eval", child, pathToFileURL(file).href, ...given];
  const started = spawn(process.execPath, arguments_, { env, stdio: ["ignore", "ignore", "pipe"] });
  const output = await text(started.stderr);
  try {
    return JSON.parse(output.split("\n").at(-1) ?? "");
  } catch {
    throw new Error(`${file} did not start: ${output}`);
  }
}

function summary(samples: readonly Sample[]): Sample {
  return {
    wallMs: median(samples.map(({ wallMs }) => wallMs)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    requestMs: median(samples.map(({ requestMs }) => requestMs)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  printUsageIfAsked("Usage: node bench/cold-start.ts [ROUNDS]\n\nROUNDS of fresh processes; default 9.");
  const starts = await measureColdStarts(["ingest", "flush", "replay"], { rounds: Number(process.argv[2] ?? 9) });
  const bare = starts.get("bare https");
  if (!bare) throw new Error("the reference was not measured");
  const line = (name: string, columns: readonly string[]) =>
    console.log(name.padEnd(16), ...columns.map((column) => column.padStart(9)));
  line("", ["KiB", "start ms", "above", "CPU ms", "above", "request"]);
  for (const [name, { bytes, wallMs, cpuMs, requestMs }] of starts) {
    const times = [wallMs, wallMs - bare.wallMs, cpuMs, cpuMs - bare.cpuMs].map((ms) => ms.toFixed(0));
    line(name, [(bytes / 1024).toFixed(0), ...times, requested.includes(name) ? requestMs.toFixed(0) : "–"]);
  }
  for (const name of withPipeline) {
    const [without, packaged, read] = ["", ", packaged", ", read"].map((suffix) => starts.get(`${name}${suffix}`));
    if (!without || !packaged || !read) continue;
    const difference = (one: ColdStart) =>
      `${(one.wallMs - without.wallMs).toFixed(0)} ms, ${(one.cpuMs - without.cpuMs).toFixed(0)} ms of processor time`;
    console.log(`${name}: a packaged pipeline adds ${difference(packaged)}; one that is read ${difference(read)}`);
  }
}
