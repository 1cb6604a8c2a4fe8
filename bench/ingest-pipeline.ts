import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createIngest } from "../functions/ingest.ts";
import { createFunctionPipeline } from "../functions/pipeline/pipeline.ts";
import type { Accept } from "../shared/batch/accept.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { createCompressOnce } from "../shared/queue/compress-once.ts";
import { createEnqueue } from "../shared/queue/enqueue.ts";
import type { Queue } from "../shared/queue/queue.ts";
import { createMetrics } from "../shared/telemetry/metrics/metrics.ts";
import { corpusCase } from "../test/support/otlp/corpus.ts";
import { peers } from "./peers/find-peers.ts";

/**
 * What a pipeline costs ingest: the whole handler, from a gzip request in an ALB event to envelopes in a queue that forgets, in
 * processor time per million spans. The Collector has less to do: gzip, decoding, its own filter and transform with the same rules,
 * encoding, gzip, and neither a server nor a queue. `bench/processors.ts` has the processors alone.
 */
const dropped = 'attributes["http.request.method"] == "DELETE"';
const redaction = [
  'replace_pattern(attributes["url.path"], "/users/[^/]+", "/users/*")',
  'set(attributes["client.address"], "(redacted)") where attributes["client.address"] != nil',
  'delete_key(attributes, "http.request.header.authorization")',
];

const receiver = (input: string) => `
  otelcol.receiver.otlp "default" {
    http { }
    output { traces = [${input}] }
  }
  otelcol.exporter.otlphttp "first" { client { endpoint = "https://otlp.example.com" } }
  otelcol.exporter.otlphttp "second" { client { endpoint = "https://otlp.example.org" } }`;

const processors = (exporters: readonly string[]) => `
  otelcol.processor.filter "health" {
    traces { span = [\`${dropped}\`] }
    output { traces = [otelcol.processor.transform.redact.input] }
  }
  otelcol.processor.transform "redact" {
    trace_statements {
      context    = "span"
      statements = [${redaction.map((statement) => `\`${statement}\``).join(", ")}]
    }
    output { traces = [${exporters.map((name) => `otelcol.exporter.otlphttp.${name}.input`).join(", ")}] }
  }`;

const cases: Readonly<Record<string, string>> = {
  "no pipeline": "",
  "a pipeline that passes on": receiver("otelcol.exporter.otlphttp.first.input"),
  "filter and redact": receiver("otelcol.processor.filter.health.input") + processors(["first"]),
  "the same, two destinations": receiver("otelcol.processor.filter.health.input") + processors(["first", "second"]),
};

const collectorJob = {
  signal: "traces",
  gzip: true,
  processors: [
    { processor: "filter", config: { trace_conditions: [`span.${dropped}`] } },
    { processor: "transform", config: { trace_statements: [{ context: "span", statements: redaction }] } },
  ],
};

const rounds = 5;
const milliseconds = 1500;
const [flag, chosen = ""] = process.argv.slice(2);
if (flag === "--measure") await measure(cases[chosen] ?? "");
else await compare();

/** In a child: prints seconds of processor time per million spans. */
async function measure(text: string): Promise<void> {
  const { gzip, items } = await corpusCase("traces", "typical");
  const ingest = createIngest({ accept: await acceptOf(text), emit: () => {}, maxBodyBytes: 64 * 2 ** 20 });
  const event = {
    requestContext: { elb: {} },
    httpMethod: "POST",
    path: "/v1/traces",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
    body: Buffer.from(gzip).toString("base64"),
    isBase64Encoded: true,
  };
  const { statusCode } = await ingest(event);
  if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}`);
  const run = () => ingest(event);
  await repeat(run, milliseconds / 2);
  console.log((await repeat(run, milliseconds)) / items);
}

async function acceptOf(text: string): Promise<Accept> {
  const queue: Queue = { send: async () => ({ kind: "sent" }) };
  const maxBatchBytes = 4 * 2 ** 20;
  const compressedOnce = createCompressOnce(maxBatchBytes);
  const enqueueFor = (destination: string) =>
    compressedOnce(createEnqueue({ queue, destination, clock, emit: () => {}, maxBatchBytes }));
  if (text === "") return enqueueFor("grafana-cloud");
  const metrics = createMetrics();
  const options = { emit: () => {}, metrics, clock, random: Math.random, variable: () => undefined };
  const pipeline = createFunctionPipeline({ ...options, enqueueFor });
  const problem = await pipeline.load(text);
  if (problem !== undefined) throw new Error(problem);
  return pipeline.accept;
}

/** Microseconds of processor time per call. */
async function repeat(run: () => Promise<unknown>, ms: number): Promise<number> {
  const start = performance.now();
  const before = process.cpuUsage();
  let calls = 0;
  while (performance.now() - start < ms) {
    await run();
    calls++;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function compare(): Promise<void> {
  const { gzip, items } = await corpusCase("traces", "typical");
  const file = join(mkdtempSync(join(tmpdir(), "ingest-pipeline-")), "traces.gz");
  writeFileSync(file, gzip);
  const collector = peers.processors;
  if (!collector) console.log("The Collector's processors are not built (bench/peers/install.sh).");
  const contenders = new Map<string, () => number>(Object.keys(cases).map((name) => [name, () => ingestOf(name)]));
  if (collector) contenders.set("Collector: filter and redact", () => collectorOf(collector, file) / items);

  console.log(
    "Ingest: seconds of processor time per million spans, median (smallest to largest) of rounds in fresh processes",
  );
  const names = [...contenders.keys()];
  const measured = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      measured.get(name)?.push(contenders.get(name)?.() ?? 0);
    }
  }
  for (const [name, values] of measured) {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (index: number) => (sorted[index] ?? 0).toFixed(2);
    console.log(`${name.padEnd(28)} ${at(Math.floor(rounds / 2))} (${at(0)} to ${at(rounds - 1)})`);
  }
}

function ingestOf(name: string): number {
  const args = [fileURLToPath(import.meta.url), "--measure", name];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

/** Microseconds of processor time per request. */
function collectorOf(program: string, file: string): number {
  const input = JSON.stringify({ ...collectorJob, file, milliseconds });
  return Number(execFileSync(program, { input, encoding: "utf8" })) / 1000;
}
