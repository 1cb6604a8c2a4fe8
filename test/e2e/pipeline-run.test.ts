import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";

let pipeline: PipelineProcess | undefined;
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
});

const tail = (label: string, level = "info") => `
logging { level = "${level}" }
local.file_match "f" {
  path_targets = [{"__path__" = sys.env("LOGS") + "/*.log", "job" = "${label}"}]
  sync_period  = "100ms"
}
loki.source.file "f" {
  targets    = local.file_match.f.targets
  forward_to = [loki.echo.e.receiver]
}
loki.echo "e" { }
`;

test("a configuration of Alloy runs, tells in logfmt, and shows itself on the pages that Alloy has", async () => {
  pipeline = await startPipelineProcess({ config: tail("one"), env: { LOGS: "/nowhere" } });
  expect(pipeline.log()).toMatch(/^ts=\S+ level=info msg="starting complete graph evaluation"/m);
  expect(await pipeline.page("/-/ready")).toEqual({ status: 200, text: "Alloy is ready.\n" });
  expect(await pipeline.page("/-/healthy")).toEqual({ status: 200, text: "All Alloy components are healthy.\n" });
  const shown = JSON.parse((await pipeline.page("/api/v0/web/components/loki.source.file.f")).text);
  expect(shown).toMatchObject({ localID: "loki.source.file.f", dataFlowEdgesTo: ["loki.echo.e"] });
  expect((await pipeline.page("/api/v0/web/components/loki.nope.f")).status).toBe(404);
  expect((await pipeline.page("/metrics")).text).toContain("sluice_build_info");
  expect((await pipeline.page("/-/nope")).status).toBe(404);
});

test("a reload changes what has changed, and a bad file changes nothing and says why", async () => {
  pipeline = await startPipelineProcess({ config: tail("one"), env: { LOGS: "/tmp/sluice-none" } });
  pipeline.configure(tail("two", "debug"));
  expect(await pipeline.page("/-/reload", "POST")).toEqual({ status: 200, text: "config reloaded\n" });
  const shown = await pipeline.page("/api/v0/web/components/local.file_match.f");
  expect(shown.text).toContain('"two"');
  pipeline.configure(tail("three").replace("sync_period", "sink_period"));
  const refused = await pipeline.page("/-/reload");
  expect(refused.status).toBe(400);
  expect(refused.text).toMatch(
    /^error during the initial load: .*config\.alloy:5:3: unrecognized attribute name "sink_period"\n$/,
  );
  expect((await pipeline.page("/api/v0/web/components/local.file_match.f")).text).toContain('"two"');
  pipeline.configure(tail("four"));
  pipeline.child.kill("SIGHUP");
  await expect
    .poll(async () => (await pipeline?.page("/api/v0/web/components/local.file_match.f"))?.text)
    .toContain('"four"');
  expect(pipeline.log()).toContain("failed to reload config");
});

test("a configuration that cannot be loaded is shown with its lines, and the exit code is 1", async () => {
  await expect(startPipelineProcess({ config: 'loki.echo "e" {\n  x = 1\n}\n' })).rejects.toThrow(
    /Error: .*config\.alloy:2:3: unrecognized attribute name "x"\n\n1 \| loki\.echo "e" \{\n2 \| {3}x = 1\n {2}\| {3}\^{5}\n3 \| \}\n\nError: could not perform the initial load successfully\n$/,
  );
});

test("a log file is followed to the end, and no line is told twice after a restart", async () => {
  const first = await startPipelineProcess({ config: "" });
  const logs = first.directory;
  await first.end("SIGKILL");
  appendFileSync(join(logs, "a.log"), "line one\n");
  const started = await startPipelineProcess({ config: tail("x"), env: { LOGS: logs }, directory: logs });
  await expect.poll(started.log).toContain('entry="line one"');
  expect(await started.end("SIGTERM")).toBe(0);
  appendFileSync(join(logs, "a.log"), "line two\n");
  pipeline = await startPipelineProcess({ config: tail("x"), env: { LOGS: logs }, directory: logs });
  await expect.poll(pipeline.log).toContain('entry="line two"');
  expect(pipeline.log()).not.toContain("line one");
});
