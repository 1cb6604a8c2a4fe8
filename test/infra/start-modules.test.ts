import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { packagedFile } from "../../functions/packaged-file.ts";
import { type ArtifactName, maxPackagedBytes } from "../../infra/artifacts.ts";
import { bundle } from "../../infra/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

const functions = [
  "ingest",
  "flush",
  "logs",
  "objects",
  "firehose",
  "replay",
] as const satisfies readonly ArtifactName[];
/** What only a pipeline needs, or only what is not as usual: it is in files that are not loaded. */
const later = /^(daemon|functions[/]pipeline|shared[/](alloy|ottl|re2|edit|processors|discovery))[/]/;
const builtins = new Set(
  ["crypto", "fs", "http", "https", "net", "stream", "tls", "zlib"].map((name) => `required:node:${name}`),
);

const child = `
await import(process.argv[1]);
const { createRequire } = await import("node:module");
process.stderr.write("\\n" + JSON.stringify(Object.keys(createRequire("/").cache)));
process.exit(0);`;

/** The packages beside a function that have been loaded once it has started. */
async function loadedBeside(file: string, given: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", child, file], {
    env: {
      SLUICE_PARAMETER_STORE: "false",
      SLUICE_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/q",
      SLUICE_DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/d",
      GRAFANA_CLOUD_OTLP_ENDPOINT: "https://otlp.example/otlp",
      GRAFANA_CLOUD_INSTANCE_ID: "1",
      GRAFANA_CLOUD_API_KEY: "x",
      ...given,
    },
  });
  return (JSON.parse(stderr.split("\n").at(-1) ?? "") as string[]).map((path) => basename(path));
}

describe("what a function loads as it starts", () => {
  it.each(functions)("is its own code and little of Node: %s", async (name) => {
    const { modules } = await bundle(name, folder);
    const foreign = modules.filter((path) => !/^(shared|functions)[/]|^package[.]json$|^lazy-package:/.test(path));
    const more = name === "objects" ? ["required:node:http", "required:node:https"] : [];
    expect(foreign.filter((path) => !builtins.has(path) && !more.includes(path))).toEqual([]);
    expect(modules.filter((path) => later.test(path))).toEqual([]);
  });

  it("is no package, with the pipeline of the examples neither", async () => {
    const SLUICE_PIPELINE_FILE = join(import.meta.dirname, "../../examples/functions.alloy");
    for (const name of ["ingest", "flush"] as const) {
      const { file, beside } = await bundle(name, folder);
      expect(beside).toContain("protobufjs.cjs");
      expect(await loadedBeside(file), name).toEqual([]);
      expect(await loadedBeside(file, { SLUICE_PIPELINE_FILE }), name).toEqual([]);
    }
  });

  it("is neither the language nor its parser with the pipeline that it was packaged with, but what the file names", async () => {
    const pipeline = join(import.meta.dirname, "../../examples/functions.alloy");
    for (const name of ["ingest", "flush"] as const) {
      const { file, beside } = await bundle(name, join(folder, "packaged"), pipeline);
      const code = beside.filter((each) => /^chunk-.*[.]mjs$/.test(each)).map((each) => join(dirname(file), each));
      const largest = Math.max(...code.map((each) => statSync(each).size));
      expect(largest, name).toBeLessThan(maxPackagedBytes);
      // It starts without what reads pipelines.
      rmSync(join(dirname(file), "pipeline.mjs"));
      expect(await loadedBeside(file, { SLUICE_PIPELINE_FILE: packagedFile }), name).toEqual([]);
    }
  });

  it("is a package where a pipeline uses it: a pattern that only RE2 can judge, YAML", async () => {
    const pipeline = `
      otelcol.receiver.otlp "default" {
        http { }
        output { logs = [otelcol.processor.transform.redact.input] }
      }
      otelcol.processor.transform "redact" {
        log_statements {
          context    = "log"
          statements = ["replace_pattern(body, \\"\\\\\\\\pL+\\", \\"\\")"]
        }
        output { logs = [otelcol.exporter.otlphttp.to.input] }
      }
      otelcol.exporter.otlphttp "to" {
        client { endpoint = encoding.from_yaml("https://otlp.example") }
      }`;
    const { file } = await bundle("ingest", folder);
    expect((await loadedBeside(file, { SLUICE_PIPELINE: pipeline })).toSorted()).toEqual(["re2js.cjs", "yaml.cjs"]);
  });
});
