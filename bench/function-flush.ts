import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { listenOn } from "../shared/node/listen.ts";

// What it adds to a function's answer to flush before it is frozen: OpenTelemetry's own SDK in a handler, straight to the local stack, whose
// success means durable; beside no flush, and a collector on loopback that answers before it has sent anything, as a layer's does.
const invocations = 200;
const spansEach = 5;
const rounds = 5;
const workMs = 5;
const root = join(import.meta.dirname, "..");

interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** The gateway as `npm start` runs it: receiver, ingest function, a queue on disk. */
async function startGateway(): Promise<Gateway> {
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-flush-"));
  const env = {
    PATH: process.env.PATH,
    SLUICE_DATA_DIR: dataDir,
    SLUICE_HTTP_PORT: "0",
    SLUICE_GRPC_PORT: "0",
    SLUICE_ADMIN_PORT: "0",
  };
  const child = spawn(process.execPath, ["local/main.ts"], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const url = await readyLine(child);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(dataDir, { recursive: true });
    },
  };
}

function readyLine(child: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      text += String(chunk);
      const found = /OTLP\/HTTP on (\S+),/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`the local stack ended: ${text}`)));
  });
}

/** A collector beside the function, as a layer brings one: it takes a request into its memory and says so at once. */
async function startBeside(delayMs = 0): Promise<Gateway> {
  const server = createServer((request, response) => {
    request.resume();
    request.on(
      "end",
      () => void wait(delayMs).then(() => response.writeHead(200, { "content-type": "application/x-protobuf" }).end()),
    );
  });
  const { port } = await listenOn(server, 0, "127.0.0.1");
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Handler = () => Promise<void>;

/** A handler that works for some milliseconds and makes spans; `flush` says when they leave. */
function handlerOf(
  url: string | undefined,
  flush: "none" | "before the answer" | "each span",
): { handler: Handler; close: () => Promise<void> } {
  const processors: SpanProcessor[] = url === undefined ? [] : [processorOf(url, flush)];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "shop" }),
    spanProcessors: processors,
  });
  const tracer = provider.getTracer("bench");
  return {
    async handler() {
      const spans = Array.from({ length: spansEach }, (_, n) =>
        tracer.startSpan(`step ${n}`, { attributes: { "faas.trigger": "http", n } }),
      );
      await wait(workMs);
      for (const span of spans) span.end();
      if (flush !== "none") await provider.forceFlush();
    },
    close: () => provider.shutdown(),
  };
}

function processorOf(url: string, flush: "none" | "before the answer" | "each span"): SpanProcessor {
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  return flush === "each span" ? new SimpleSpanProcessor({ exporter }) : new BatchSpanProcessor({ exporter });
}

/** Milliseconds of every invocation, sorted. */
async function timesOf(handler: Handler): Promise<readonly number[]> {
  for (let warm = 0; warm < 20; warm++) await handler();
  const times: number[] = [];
  for (let n = 0; n < invocations / rounds; n++) {
    const started = performance.now();
    await handler();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

const at = (times: readonly number[], share: number) =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;

const gateway = await startGateway();
const beside = await startBeside();
const far = await startBeside(25);
const contenders = {
  "no telemetry": handlerOf(undefined, "none"),
  "no flush (lost when frozen)": handlerOf(beside.url, "none"),
  "flush to the gateway": handlerOf(gateway.url, "before the answer"),
  "each span to the gateway": handlerOf(gateway.url, "each span"),
  "flush to a layer's collector": handlerOf(beside.url, "before the answer"),
  "flush to a gateway 25 ms away": handlerOf(far.url, "before the answer"),
};
const medians: Record<string, number[]> = {};
const tails: Record<string, number[]> = {};
for (let round = 0; round < rounds; round++) {
  const order = Object.entries(contenders);
  for (const [name, { handler }] of round % 2 === 0 ? order : order.toReversed()) {
    const times = await timesOf(handler);
    medians[name] = [...(medians[name] ?? []), at(times, 0.5)];
    tails[name] = [...(tails[name] ?? []), at(times, 0.95)];
  }
}
const baseline = at(
  (medians["no telemetry"] ?? []).toSorted((a, b) => a - b),
  0.5,
);
console.log(
  `\nA handler of ${workMs} ms with ${spansEach} spans: what it adds to the answer, medians of ${rounds} rounds (least to greatest)`,
);
for (const [name, values] of Object.entries(medians)) {
  const sorted = values.toSorted((a, b) => a - b);
  const added = sorted.map((value) => (value - baseline).toFixed(2));
  const p95 =
    at(
      (tails[name] ?? []).toSorted((a, b) => a - b),
      0.5,
    ) - baseline;
  console.log(
    `  ${name.padEnd(32)} +${added[sorted.length >> 1]} ms (${added[0]} to ${added.at(-1)}), 95 %: +${p95.toFixed(2)} ms`,
  );
}
await Promise.all(Object.values(contenders).map(({ close }) => close()));
await Promise.all([gateway.stop(), beside.stop(), far.stop()]);
