import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAttributes } from "../shared/processors/attributes.ts";
import { loadFilter } from "../shared/processors/filter.ts";
import { loadSampler } from "../shared/processors/probabilistic-sampler.ts";
import type { Loaded, Process, Processed } from "../shared/processors/processor.ts";
import { loadTransform } from "../shared/processors/transform.ts";
import { corpusCase } from "../test/support/otlp/corpus.ts";
import { peers } from "./peers/find-peers.ts";

/** The cost of processors beside the Collector's own: the same rules on the same request, processor time per million items. */
interface Case {
  readonly signal: "traces" | "logs";
  /** The Collector's names of the processors, and their configurations there. */
  readonly collector: readonly { readonly processor: string; readonly config: unknown }[];
  readonly load: readonly (() => Loaded)[];
}

const host = { now: () => BigInt(Date.now()) * 1_000_000n, randomBytes: () => new Uint8Array(16) };
const onError = (): void => {};
const spanStatements = [
  'set(attributes["deployment.environment"], "prod") where attributes["deployment.environment"] == nil',
  'delete_key(attributes, "server.port")',
  'replace_pattern(attributes["url.path"], "/users/[^/]+", "/users/*")',
];

const dropped = 'attributes["http.request.method"] == "DELETE"';
const redaction = [
  'replace_pattern(attributes["url.path"], "/users/[^/]+", "/users/*")',
  'set(attributes["client.address"], "(redacted)") where attributes["client.address"] != nil',
  'delete_key(attributes, "http.request.header.authorization")',
];

const cases: Readonly<Record<string, Case>> = {
  "attributes: upsert, delete, hash": {
    signal: "traces",
    collector: [
      {
        processor: "attributes",
        config: {
          actions: [
            { key: "env", value: "prod", action: "upsert" },
            { key: "server.port", action: "delete" },
            { key: "client.address", action: "hash" },
          ],
        },
      },
    ],
    load: [
      () =>
        loadAttributes(
          {
            action: [
              { key: "env", value: "prod", action: "upsert" },
              { key: "server.port", action: "delete" },
              { key: "client.address", action: "hash" },
            ],
          },
          ["traces"],
        ),
    ],
  },
  "filter: spans by attribute": {
    signal: "traces",
    collector: [
      {
        processor: "filter",
        config: { trace_conditions: ['span.attributes["http.request.method"] == "DELETE"'] },
      },
    ],
    load: [
      () => loadFilter({ traces: { span: ['attributes["http.request.method"] == "DELETE"'] } }, { host, onError }),
    ],
  },
  "filter: logs by severity": {
    signal: "logs",
    collector: [
      {
        processor: "filter",
        config: { log_conditions: ["log.severity_number < SEVERITY_NUMBER_WARN"] },
      },
    ],
    load: [() => loadFilter({ logs: { log_record: ["severity_number < SEVERITY_NUMBER_WARN"] } }, { host, onError })],
  },
  "transform: resource attribute": {
    signal: "traces",
    collector: [
      {
        processor: "transform",
        config: {
          trace_statements: [
            { context: "resource", statements: ['set(attributes["deployment.environment"], "prod")'] },
          ],
        },
      },
    ],
    load: [
      () =>
        loadTransform(
          {
            trace_statements: [
              { context: "resource", statements: ['set(attributes["deployment.environment"], "prod")'] },
            ],
          },
          { host, onError },
        ),
    ],
  },
  "transform: three statements a span": {
    signal: "traces",
    collector: [
      {
        processor: "transform",
        config: { trace_statements: [{ context: "span", statements: spanStatements }] },
      },
    ],
    load: [
      () => loadTransform({ trace_statements: [{ context: "span", statements: spanStatements }] }, { host, onError }),
    ],
  },
  "filter and redact spans, as in ingest": {
    signal: "traces",
    collector: [
      { processor: "filter", config: { trace_conditions: [`span.${dropped}`] } },
      { processor: "transform", config: { trace_statements: [{ context: "span", statements: redaction }] } },
    ],
    load: [
      () => loadFilter({ traces: { span: [dropped] } }, { host, onError }),
      () => loadTransform({ trace_statements: [{ context: "span", statements: redaction }] }, { host, onError }),
    ],
  },
  "sampler: 10 % of spans": {
    signal: "traces",
    collector: [{ processor: "probabilistic_sampler", config: { sampling_percentage: 10 } }],
    load: [() => loadSampler({ sampling_percentage: 10 }, () => {})],
  },
};

const rounds = 3;
const milliseconds = 1000;

const [flag, chosen = ""] = process.argv.slice(2);
if (flag === "--measure") await measure(cases[chosen] as Case);
else await compare();

/** In a child: prints nanoseconds of processor time per request. */
async function measure({ signal, load }: Case): Promise<void> {
  const { protobuf } = await corpusCase(signal, "typical");
  const steps = load.map((each) => processOf(each()));
  const run = () => steps.reduce((bytes, step) => passed(step(bytes, signal)), protobuf);
  repeat(run, milliseconds);
  console.log(repeat(run, milliseconds));
}

function passed(processed: Processed): Uint8Array {
  return processed.kind === "passed" ? processed.bytes : new Uint8Array();
}

function processOf(loaded: Loaded): Process {
  if (loaded.kind === "rejected") throw new Error(loaded.problems.join("\n"));
  return loaded.process;
}

function repeat(run: () => unknown, ms: number): number {
  const start = performance.now();
  const before = process.cpuUsage();
  let calls = 0;
  while (performance.now() - start < ms) {
    run();
    calls++;
  }
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) * 1000) / calls);
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "processors-"));
  console.log("Seconds of processor time per million items: median (smallest to largest) of rounds in fresh processes");
  if (!peers.processors) console.log("The Collector's processors are not built (bench/peers/install.sh processors).");
  for (const [name, each] of Object.entries(cases)) {
    if (flag !== undefined && !name.includes(flag)) continue;
    const { protobuf, items } = await corpusCase(each.signal, "typical");
    const file = join(folder, `${each.signal}.pb`);
    writeFileSync(file, protobuf);
    const contenders = {
      sluice: () => sluice(name),
      ...(peers.processors && { collector: () => collector(peers.processors as string, each, file) }),
    };
    const measured = new Map<string, number[]>(Object.keys(contenders).map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      const order = Object.entries(contenders);
      for (const [contender, run] of round % 2 === 0 ? order : order.toReversed())
        measured.get(contender)?.push((run() / items) * 1e-3);
    }
    const texts = [...measured].map(([contender, values]) => `${contender} ${spread(values)}`);
    console.log(`${name.padEnd(36)} ${texts.join("   ")}`);
  }
}

function sluice(name: string): number {
  const args = [fileURLToPath(import.meta.url), "--measure", name];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }).trim());
}

function collector(program: string, { signal, collector: processors }: Case, file: string): number {
  const input = JSON.stringify({ processors, signal, file, milliseconds });
  return Number(execFileSync(program, { input, encoding: "utf8" }).trim());
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] ?? 0).toFixed(3);
  return `${at(Math.floor(sorted.length / 2))} (${at(0)} to ${at(sorted.length - 1)})`;
}
