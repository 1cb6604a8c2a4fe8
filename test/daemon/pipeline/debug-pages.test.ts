import { describe, expect, it } from "vitest";
import { echo } from "../../../daemon/components/loki/echo.ts";
import { livedebuggingBlock } from "../../../daemon/config-blocks/livedebugging.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import { type ComponentDefinition, defineComponent } from "../../../daemon/controller/component.ts";
import { componentsJson } from "../../../daemon/controller/component-json.ts";
import type { ConfigBlock } from "../../../daemon/controller/config-block.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { createLiveDebugging } from "../../../daemon/controller/live-debugging.ts";
import { createTap } from "../../../daemon/controller/taps.ts";
import { createDebugPages } from "../../../daemon/pipeline/debug-pages.ts";
import { attribute, table } from "../../../shared/alloy/arguments.ts";
import { list, target } from "../../../shared/alloy/composite-types.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import type { HttpAnswer } from "../../../shared/http/message.ts";
import type { EntryReceiver } from "../../../shared/loki/entry-receiver.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";

const pipeline = `
test.lines "in" { forward_to = [loki.echo.out.receiver] }
loki.echo "out" { }
`;

describe("createDebugPages()", () => {
  it("shows what enters and leaves a component while somebody looks", async () => {
    const { load, send, pages, gone, close } = await world();
    await load(`livedebugging { enabled = true }${pipeline}`);
    await send("nobody looks");
    const out = read(pages.component("test.lines.in", asked()));
    const into = read(pages.component("loki.echo.out", asked()));
    await send("seen |;| once");
    const text = 'timestamp: 1970-01-01T00:00:01.000Z, entry: seen | ; | once, labels: {a="b"}|;|';
    expect(await out.next()).toBe(`[OUT] to loki.echo.out: ${text}`);
    expect(await into.next()).toBe(`[IN] from test.lines.in: ${text}`);
    gone();
    expect(await out.next()).toBeUndefined();
    await close();
  });

  it("leaves out what a slow client does not read, and says how much", async () => {
    const { load, send, pages, gone, close } = await world();
    await load(`livedebugging {\n enabled = true\n buffer_size = 2\n}${pipeline}`);
    const out = read(pages.component("test.lines.in", asked()));
    for (const line of ["1", "2", "3", "4"]) await send(line);
    const texts = (await out.next())?.split("|;|");
    expect(texts?.map((text) => text.replace(/.*entry: (\d),.*/, "$1"))).toEqual([
      "1",
      "2",
      "2 more were left out: they came faster than they were read",
      "",
    ]);
    gone();
    await close();
  });

  it("shows no batch of those that the sample leaves out", async () => {
    const { load, send, pages, gone, close } = await world();
    await load(`livedebugging { enabled = true }${pipeline}`);
    const none = read(pages.component("test.lines.in", asked("sampleProb=0")));
    const all = read(pages.component("test.lines.in", asked("sampleProb=1")));
    await send("x");
    expect(await all.next()).toContain("entry: x");
    gone();
    expect(await none.next()).toBeUndefined();
    await close();
  });

  it("shows the targets that a component exports, at once", async () => {
    const { load, pages, gone, close } = await world();
    await load('livedebugging { enabled = true }\ntest.targets "t" { targets = [{a = "1"}, {a = "2"}] }');
    expect(await read(pages.component("test.targets.t", asked())).next()).toBe('[OUT]: {a="1"}|;|[OUT]: {a="2"}|;|');
    gone();
    await close();
  });

  it("tells every window what went over the edges of a module", async () => {
    const { load, send, pages, gone, close } = await world();
    await load(`declare "m" {\n argument "to" { }\n test.lines "in" { forward_to = argument.to.value }\n}
m "x" { to = [loki.echo.out.receiver] }
loki.echo "out" { }`);
    const root = read(pages.graph("", asked("window=1")));
    const module = read(pages.graph("m.x", asked("window=1")));
    for (const line of ["1", "2", "3"]) await send(line);
    expect(JSON.parse((await module.next())?.replace("|;|", "") ?? "")).toEqual([
      { componentID: "m.x/test.lines.in", targetComponentIDs: ["loki.echo.out"], type: "loki_log", rate: 3 },
    ]);
    expect(JSON.parse((await root.next())?.replace("|;|", "") ?? "")).toEqual([
      { componentID: "m.x", targetComponentIDs: ["loki.echo.out"], type: "loki_log", rate: 3 },
    ]);
    expect(await root.next()).toBe("[]|;|");
    gone();
    await close();
  });

  it("refuses what cannot be shown, and too many clients", async () => {
    const { load, pages, gone, close } = await world();
    await load(pipeline);
    expect(status(pages.component("test.lines.in", asked()))).toMatch(/^500 live debugging is disabled: write/);
    await load(`livedebugging { enabled = true }${pipeline}`);
    expect(status(pages.component("test.lines.no", asked()))).toBe('404 component "test.lines.no" does not exist\n');
    expect(status(pages.graph("m.y", asked()))).toBe('404 module "m.y" does not exist\n');
    for (const wrong of ["sampleProb=2", "sampleProb=-1", "sampleProb=x", "sampleProb="])
      expect(status(pages.component("test.lines.in", asked(wrong)))).toMatch(/^400 Invalid sample probability/);
    for (const wrong of ["window=0", "window=61", "window=x", "window=1.5"])
      expect(status(pages.graph("", asked(wrong)))).toBe("400 Invalid window: must be an integer between 1 and 60\n");
    const answers = Array.from({ length: 33 }, () => pages.graph("", asked()).status);
    expect([answers[31], answers[32]]).toEqual([200, 503]);
    gone();
    expect(pages.graph("", { ...asked(), abort: AbortSignal.abort() }).status).toBe(200);
    await close();
  });

  it("keeps components running through a reload that changes nothing for them", async () => {
    const { load, events, close } = await world();
    await load(pipeline);
    const updates = events.length;
    await load(pipeline);
    expect(events.slice(updates)).toEqual([]);
    await close();
  });
});

describe("createLiveDebugging()", () => {
  it("forgets the ways from components that are gone, and counts on when they come back", () => {
    const debugging = createLiveDebugging();
    const passed = debugging.way("a", "b");
    passed("otel_log", 2, () => []);
    passed("otel_trace", 1, () => []);
    expect(debugging.edges().map(({ type, items }) => [type, items])).toEqual([
      ["otel_log", 2],
      ["otel_trace", 1],
    ]);
    debugging.retain(() => false);
    expect(debugging.edges()).toEqual([]);
    passed("otel_log", 5, () => []);
    expect(debugging.edges()).toMatchObject([{ from: "a", to: "b", items: 5 }]);
  });

  it("does not stop what passes when it cannot be shown", () => {
    const debugging = createLiveDebugging();
    debugging.configure({ enabled: true, buffer_size: 1 });
    const seen: string[] = [];
    debugging.watch("a", { wants: () => true, see: (text) => seen.push(text) });
    debugging.way("a", "b")("otel_log", 1, () => {
      throw new Error("odd bytes");
    });
    expect(seen).toEqual(["[OUT] to b: cannot be shown: Error: odd bytes"]);
  });
});

describe("createTap()", () => {
  it("leaves alone what is not a receiver", () => {
    const tap = createTap(createLiveDebugging());
    const targets = [new Map([["a", "b"]])];
    expect(tap("x", targets)).toBe(targets);
    const secret = { kind: "capsule", type: "alloytypes.Secret", content: {} } as const;
    expect(tap("x", secret)).toBe(secret);
    expect(tap("x", null)).toBe(null);
  });
});

/** A graph with a component that sends lines, and the pages that look at it. */
async function world() {
  let receivers: readonly EntryReceiver[] = [];
  const events: string[] = [];
  const lines = defineComponent({
    name: "test.lines",
    stability: "generally-available",
    arguments: table({ forward_to: attribute(list(logsReceiver)) }),
    exports: {},
    build({ forward_to }) {
      receivers = forward_to;
      return {
        exports: {},
        update(next) {
          events.push("updated");
          receivers = next.forward_to;
        },
      };
    },
  });
  const targets = defineComponent({
    name: "test.targets",
    stability: "generally-available",
    arguments: table({ targets: attribute(list(target)) }),
    exports: { targets: list(target) },
    build: (args) => ({ exports: { targets: args.targets }, update() {} }),
  });
  const definitions = new Map([lines, targets, echo].map((each) => [each.name, each as ComponentDefinition]));
  const debugging = createLiveDebugging();
  const configBlocks = [livedebuggingBlock(debugging.configure) as ConfigBlock];
  const host = { ...testGraphHost({ definitions, configBlocks }), debugging, tap: createTap(debugging) };
  const controller = createController(host);
  const stop = new AbortController();
  current = stop.signal;
  return {
    events,
    pages: createDebugPages({ controller, debugging, clock: host.clock, random: Math.random }),
    async load(text: string) {
      const outcome = await controller.load([createSource("c", text)]);
      expect(outcome).toMatchObject({ kind: "loaded" });
      for (const each of componentsJson(controller.nodes("") ?? [], { moduleId: "", details: false }))
        expect(each).toMatchObject({ liveDebuggingEnabled: true });
    },
    async send(line: string) {
      const entry = { labels: [{ name: "a", value: "b" }], timeUnixNano: 1_000_000_000n, line, metadata: [] };
      for (const receiver of receivers) await receiver.consume([entry]);
    },
    gone: () => stop.abort(),
    close: () => controller.stop(),
  };
}

let current: AbortSignal = new AbortController().signal;

function asked(query = ""): { query: URLSearchParams; abort: AbortSignal } {
  return { query: new URLSearchParams(query), abort: current };
}

function status({ status: code, body }: HttpAnswer): string {
  return `${code} ${Buffer.from(body).toString()}`;
}

function read({ status: code, chunks }: HttpAnswer): { next(): Promise<string | undefined> } {
  expect(code).toBe(200);
  const texts = chunks?.[Symbol.asyncIterator]();
  return {
    async next() {
      const result = await texts?.next();
      return result?.done === false ? Buffer.from(result.value).toString() : undefined;
    },
  };
}
