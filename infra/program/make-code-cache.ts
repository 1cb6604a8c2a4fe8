import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Script } from "node:vm";
import { codeCacheFile } from "./code-cache.ts";
import { createLoader } from "./loader.ts";

/**
 * `node make-code-cache.ts FOLDER` runs the program in FOLDER, a pipeline and the settings, until both are ready to serve, and
 * writes what V8 has compiled until then into FOLDER/code.cache, for this version of Node. Nothing leaves the machine, ports
 * are free ones of loopback.
 */
const folder = resolve(process.argv[2] ?? "");
const scratch = mkdtempSync(join(tmpdir(), "sluice-code-cache-"));
const maxMs = 60_000;
const pipeline = `
logging { format = "logfmt" }
otelcol.receiver.otlp "in" {
  grpc { endpoint = "127.0.0.1:0" }
  http { endpoint = "127.0.0.1:0" }
  output {
    traces  = [otelcol.processor.attributes.all.input]
    metrics = [otelcol.exporter.prometheus.all.input]
    logs    = [otelcol.exporter.loki.all.input]
  }
}
otelcol.processor.attributes "all" {
  action {
    key    = "environment"
    value  = "production"
    action = "upsert"
  }
  output { traces = [otelcol.processor.batch.all.input] }
}
otelcol.processor.batch "all" { output { traces = [otelcol.exporter.otlphttp.all.input] } }
otelcol.exporter.otlphttp "all" {
  client {
    endpoint = "http://127.0.0.1:9"
    auth     = otelcol.auth.basic.all.handler
  }
}
otelcol.auth.basic "all" {
  username = "1"
  password = coalesce(sys.env("NO_SUCH_VARIABLE"), "x")
}
otelcol.exporter.prometheus "all" { forward_to = [prometheus.remote_write.all.receiver] }
prometheus.remote_write "all" {
  endpoint {
    url = "http://127.0.0.1:9/api/v1/write"
    basic_auth {
      username = "1"
      password = "x"
    }
  }
}
prometheus.exporter.self "all" { }
prometheus.scrape "all" {
  targets    = prometheus.exporter.self.all.targets
  forward_to = [prometheus.remote_write.all.receiver]
}
otelcol.exporter.loki "all" { forward_to = [loki.write.all.receiver] }
local.file_match "all" { path_targets = [{"__path__" = "${scratch}/*.log"}] }
loki.source.file "all" {
  targets    = local.file_match.all.targets
  forward_to = [loki.process.all.receiver]
}
loki.process "all" {
  stage.json { expressions = { level = "level" } }
  stage.labels { values = { level = "" } }
  forward_to = [loki.write.all.receiver]
}
loki.write "all" {
  endpoint { url = "http://127.0.0.1:9/loki/api/v1/push" }
}
`;

// Otherwise the code of what has run only once may be gone.
setFlagsFromString("--no-flush-bytecode");
const scripts = new Map<string, Script>();
const load = createLoader({
  folder,
  require: createRequire(join(folder, "index.cjs")),
  onScript: (name, script) => scripts.set(name, script),
});
const overdue = setTimeout(() => end("The program was not ready in time."), maxMs);
process.on("uncaughtException", (error) => end(String(error)));

await untilSaid("Sluice is running", process.stderr, () => {
  const file = join(scratch, "config.alloy");
  writeFileSync(file, pipeline);
  run("sluice", "run", `--storage.path=${scratch}`, "--server.http.listen-addr=127.0.0.1:0", file);
});
await untilSaid("server.ready", process.stdout, () => {
  Object.assign(process.env, {
    GRAFANA_CLOUD_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp",
    GRAFANA_CLOUD_INSTANCE_ID: "1",
    GRAFANA_CLOUD_API_KEY: "x",
    SLUICE_GRPC_PORT: "0",
    SLUICE_HTTP_PORT: "0",
    SLUICE_ADMIN_PORT: "0",
  });
  run("index");
});
clearTimeout(overdue);
// Code is taken only with the flags that it was compiled with.
setFlagsFromString("--flush-bytecode");
const compiled = [...scripts].sort(([a], [b]) => (a < b ? -1 : 1));
const entries = compiled.map(([name, script]) => {
  const source = readFileSync(join(folder, name), "utf8");
  return [name, { source, code: script.createCachedData() }] as const;
});
writeFileSync(join(folder, "code.cache"), codeCacheFile(new Map(entries)));
end();

function run(entry: string, ...words: readonly string[]): void {
  process.argv = [process.execPath, join(folder, `${entry}.cjs`), ...words];
  load(`${entry}.js`);
}

/** What the program writes is not shown; resolves once `text` is in it. */
function untilSaid(text: string, stream: NodeJS.WriteStream, start: () => void): Promise<void> {
  return new Promise((resolve) => {
    stream.write = ((chunk: string | Uint8Array) => {
      if (String(chunk).includes(text)) resolve();
      return true;
    }) as typeof stream.write;
    start();
  });
}

function end(problem?: string): never {
  rmSync(scratch, { recursive: true, force: true });
  if (problem !== undefined) process.stdout.write(`${problem}\n`);
  process.exit(problem === undefined ? 0 : 1);
}
