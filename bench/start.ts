import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundle } from "../infra/bundle.ts";
import { cpuSeconds, residentMiB } from "./daemon/subject.ts";
import { optionsOf } from "./usage.ts";

// `node bench/start.ts [--rounds 7]`: what a start costs until the program is ready to serve, with the code that V8 has compiled
// and without, beside a Node with an HTTP server and TLS; fresh processes, in turn.

interface Row {
  readonly name: string;
  readonly words: readonly string[];
  /** What it writes once it is ready. */
  readonly ready: string;
}

const values = optionsOf("Usage: node bench/start.ts [--rounds N]\n\n  --rounds N  default 7", {
  rounds: { type: "string", default: "7" },
});
const scratch = mkdtempSync(join(tmpdir(), "sluice-bench-start-"));
const flags = ["--max-semi-space-size=1", "--no-concurrent-recompilation"];
const bare =
  "require('node:https');require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('ready'))";
const pipeline = `
otelcol.receiver.otlp "in" {
  grpc { endpoint = "127.0.0.1:0" }
  http { endpoint = "127.0.0.1:0" }
  output { metrics = [otelcol.exporter.prometheus.out.input] }
}
otelcol.exporter.prometheus "out" { forward_to = [prometheus.remote_write.out.receiver] }
prometheus.remote_write "out" { endpoint { url = "http://127.0.0.1:9/api/v1/write" } }
`;
const env = {
  PATH: process.env.PATH,
  NODE_ENV: "production",
  MALLOC_ARENA_MAX: "2",
  GRAFANA_CLOUD_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp",
  GRAFANA_CLOUD_INSTANCE_ID: "1",
  GRAFANA_CLOUD_API_KEY: "x",
  SLUICE_GRPC_PORT: "0",
  SLUICE_HTTP_PORT: "0",
  SLUICE_ADMIN_PORT: "0",
};

const plain = dirname((await bundle("daemon", scratch)).file);
const compiled = join(scratch, "compiled");
cpSync(plain, compiled, { recursive: true });
execFileSync(process.execPath, [...flags, join(import.meta.dirname, "../infra/program/make-code-cache.ts"), compiled]);
const config = join(scratch, "config.alloy");
writeFileSync(config, pipeline);
const run = ["run", "--server.http.listen-addr=127.0.0.1:0", `--storage.path=${join(scratch, "data")}`, config];
const rows: readonly Row[] = [
  { name: "node, http and tls", words: ["--eval", bare], ready: "ready" },
  ...[plain, compiled].flatMap((folder) => {
    const how = folder === plain ? "" : ", compiled";
    return [
      { name: `settings${how}`, words: [join(folder, "index.cjs")], ready: "server.ready" },
      { name: `run${how}`, words: [join(folder, "sluice.cjs"), ...run], ready: "Starting HTTP server" },
    ];
  }),
];

const measured = rows.map(({ name }) => ({ name, cpu: [] as number[], wall: [] as number[], rss: [] as number[] }));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [at, row] of rows.entries()) {
    const { cpu, wall, rss } = await start(row);
    measured[at]?.cpu.push(cpu);
    measured[at]?.wall.push(wall);
    measured[at]?.rss.push(rss);
  }
}
for (const { name, cpu, wall, rss } of measured) {
  console.log(`${name.padEnd(22)} CPU ${spread(cpu)} ms   ready after ${spread(wall)} ms   RSS ${spread(rss)} MiB`);
}
rmSync(scratch, { recursive: true });

async function start({ words, ready }: Row): Promise<{ cpu: number; wall: number; rss: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let text = "";
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(ready)) resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void ended.then(() => reject(new Error(text)));
  });
  const pid = child.pid ?? 0;
  const result = { cpu: cpuSeconds(pid) * 1000, wall: performance.now() - startedAt, rss: residentMiB(pid) };
  child.kill("SIGKILL");
  await ended;
  return result;
}

function spread(given: readonly number[]): string {
  const sorted = given.toSorted((a, b) => a - b).map(Math.round);
  return `${sorted[sorted.length >> 1]} (${sorted[0]}–${sorted.at(-1)})`;
}
