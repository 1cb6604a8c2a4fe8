import { describe, expect, it } from "vitest";
import { unixExporter } from "../../../daemon/components/prometheus/exporter/unix.ts";
import type { ComponentHandler } from "../../../daemon/controller/component.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

async function start(text: string) {
  let handler: ComponentHandler | undefined;
  const http = {
    memoryAddress: "sluice.internal:12345",
    path: "/api/v0/component/prometheus.exporter.unix.node/",
    handle: (next: ComponentHandler) => {
      handler = next;
    },
    request: () => Promise.reject(new Error("not asked for")),
  };
  const component = await runComponent(unixExporter, decodeArguments(unixExporter.arguments, text), { http });
  const get = async (path: string) => {
    const answer = await handler?.({ method: "GET", path, headers: {}, body: new Uint8Array() });
    return { status: answer?.status, text: new TextDecoder().decode(answer?.body) };
  };
  return { ...component, get };
}

describe("prometheus.exporter.unix", () => {
  it("exports one target that stays in the process", async () => {
    const { exports } = await start("");
    expect(exports().targets.map((target) => Object.fromEntries(target))).toEqual([
      {
        __address__: "sluice.internal:12345",
        __scheme__: "http",
        __metrics_path__: "/api/v0/component/prometheus.exporter.unix.node/metrics",
        instance: "host",
        job: "integrations/unix",
        __meta_component_name: "prometheus.exporter.unix",
        __meta_component_id: "prometheus.exporter.unix.test",
      },
    ]);
  });

  it("answers with the samples of its collectors, and with others after an update", async () => {
    const { get, component } = await start('set_collectors = ["loadavg"]');
    const { status, text } = await get("/metrics");
    expect(status).toBe(200);
    expect(text).toMatch(/^node_load1 [\d.]+$/m);
    expect(text).not.toContain("node_uname_info");
    await component.update(decodeArguments(unixExporter.arguments, 'set_collectors = ["uname"]'));
    expect((await get("/metrics")).text).toContain("node_uname_info");
    expect((await get("/other")).status).toBe(404);
  });

  it("loads blocks of collectors that cannot work here and tells those that are enabled", async () => {
    const { get, events } = await start(
      'set_collectors = ["perf", "loadavg", "nope"]\nethtool {\n device_include = "eth.*"\n}\nsystemd {}',
    );
    const { text } = await get("/metrics");
    expect(text).toContain('node_scrape_collector_success{collector="perf"} 0\n');
    expect(events).toEqual([
      { name: "collector.unknown", fields: { collector: "nope" } },
      { name: "collector.unsupported", fields: { collector: "perf", message: expect.stringContaining("native") } },
    ]);
  });

  it("is not built from a pattern that is none", async () => {
    await expect(start('vmstat {\n fields = "("\n}')).rejects.toThrow("missing closing )");
  });
});
