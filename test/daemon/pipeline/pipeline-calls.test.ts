import { describe, expect, it } from "vitest";
import { createController } from "../../../daemon/controller/controller.ts";
import { createPipelineCalls } from "../../../daemon/pipeline/pipeline-calls.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { createRecent } from "../../../shared/overview/recent.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";
import { probeComponents } from "../../support/alloy/probe-components.ts";

async function world(text: string) {
  const host = testGraphHost({ definitions: probeComponents([]) });
  const controller = createController(host);
  const sources = (content: string) => [createSource("c.alloy", content)];
  let written = text;
  await controller.load(sources(text));
  const recent = createRecent(host.clock.now);
  const calls = createPipelineCalls({
    controller,
    recent,
    edges: () => [],
    snapshot: () => host.metrics.snapshot(),
    running: () => sources(text),
    read: async () => sources(written),
    reload: () => controller.load(sources(written)),
    now: host.clock.now,
  });
  const request = { method: "GET", path: "", headers: {}, body: new Uint8Array() };
  return {
    recent,
    ask: async (call: string, rest = "") => calls[call]?.answer(rest, request),
    write(content: string) {
      written = content;
    },
    stop: () => controller.stop(),
  };
}

const module = 'declare "m" { test.sink "in" { } }\nm "x" { }\ntest.sink "a" { }';

describe("createPipelineCalls()", () => {
  it("shows a graph and the modules in it by whole ids", async () => {
    const { ask, stop } = await world(module);
    expect(await ask("pipeline")).toMatchObject({
      components: [
        { id: "m.x", modules: ["m.x"] },
        { id: "test.sink.a", health: { state: "healthy" } },
      ],
    });
    expect(await ask("pipeline", "m.x")).toMatchObject({ components: [{ id: "m.x/test.sink.in" }] });
    expect(await ask("pipeline", "m.y")).toBeUndefined();
    await stop();
  });

  it("shows a component's history and its lines, wherever it stands", async () => {
    const { ask, recent, stop } = await world(module);
    const fields = { component_id: "m.x/test.sink.in" };
    recent.take({ level: "info", event: "e", message: "hello", fields });
    const view = await ask("component", "m.x/test.sink.in");
    expect(view).toMatchObject({ id: "m.x/test.sink.in", lines: [{ message: "hello" }] });
    expect(view).toHaveProperty("history.0.state", "unknown");
    expect(await ask("component", "test.sink.nope")).toBeUndefined();
    await stop();
  });

  it("says what a reload would change, and changes nothing by saying it", async () => {
    const { ask, write, stop } = await world('test.sink "a" { }');
    write('test.sink "a" { text = "t" }\ntest.sink "b" { }');
    expect(await ask("reload-plan")).toMatchObject({
      isValid: true,
      changes: [
        { id: "test.sink.a", what: "changed", fields: ["text"] },
        { id: "test.sink.b", what: "added" },
      ],
    });
    expect(await ask("component", "test.sink.b")).toBeUndefined();
    write('test.sink "a" { nope = 1 }');
    const refused = { isValid: false, diagnostics: [{ severity: "error", place: "c.alloy:1:17" }] };
    expect(await ask("reload-plan")).toMatchObject(refused);
    expect(await ask("reload")).toMatchObject(refused);
    await stop();
  });
});
