import { describe, expect, it } from "vitest";
import { createLineMetrics, lineMetricsService } from "../../../daemon/components/loki/line-metrics.ts";
import { process } from "../../../daemon/components/loki/process.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { toPrometheus } from "../../../shared/telemetry/prometheus.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";

const counting = (name: string) =>
  `stage.match {
  selector = "{app=\\"a\\"}"
  stage.metrics {
    metric.counter {
      name = "${name}"
      action = "inc"
      match_all = true
    }
  }
}`;

async function stand() {
  const registry = createLineMetrics(Date.now);
  const service = <T>({ name }: ServiceKey<T>): T => {
    if (name !== lineMetricsService.name) throw new Error(name);
    return registry as T;
  };
  const out = recordingEntries();
  const receiver = logsReceiver.encode(out.receiver);
  const args = (stages: string) =>
    decodeArguments(process.arguments, `forward_to = [out]\n${stages}`, { out: receiver });
  const running = await runComponent(process, args(counting("lines")), { service, id: "my.module/loki.process.main" });
  const send = (app: string) =>
    running
      .exports()
      .receiver.consume([{ labels: labelSet([["app", app]]), timeUnixNano: 0n, line: "x", metadata: [] }]);
  return { ...running, args, send, page: () => toPrometheus(registry.series()) };
}

describe("loki.process with stage.metrics", () => {
  it("shows what the lines of a component count, until it stops", async () => {
    const { send, page, stop } = await stand();
    await send("a");
    await send("b");
    expect(page()).toContain(
      'loki_process_custom_lines{app="a",component_id="loki.process.main",component_path="/my.module"} 1\n',
    );
    expect(page()).not.toContain('app="b"');
    await stop();
    expect(page()).toBe("");
  });

  it("keeps counting when only its receivers change, and begins anew with other stages", async () => {
    const { send, page, component, args, stop } = await stand();
    await send("a");
    await component.update(args(counting("lines")));
    await send("a");
    expect(page()).toMatch(/_lines\{.*\} 2\n/);
    await component.update(args(counting("others")));
    await send("a");
    expect(page()).toMatch(/_others\{.*\} 1\n/);
    expect(page()).not.toContain("_lines");
    expect(() => component.update(args('stage.regex {\nexpression = "("\n}'))).toThrow();
    expect(page()).toMatch(/_others\{.*\} 1\n/);
    await stop();
  });
});
