import { describe, expect, it } from "vitest";
import { type Controller, createController } from "../../../daemon/controller/controller.ts";
import { attribute, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { string } from "../../../shared/alloy/text-types.ts";
import { int } from "../../../shared/alloy/value.ts";
import { type TestHostOptions, testGraphHost } from "../../support/alloy/graph-host.ts";
import { probeCapsule, probeComponents, setExported } from "../../support/alloy/probe-components.ts";

describe("createController()", () => {
  it("starts what receives before what sends, and stops in the other order", async () => {
    const { controller, journal } = world();
    await load(controller, 'test.sink "a" { to = [test.sink.b.receiver] }\ntest.sink "b" { }');
    expect(journal).toEqual(["build test.sink.b ", "build test.sink.a ", "run test.sink.b", "run test.sink.a"]);
    journal.length = 0;
    await controller.stop();
    expect(journal).toEqual(["stop test.sink.a", "stop test.sink.b"]);
  });

  it("keeps what did not change, updates what did, starts what is new and stops what is gone", async () => {
    const { controller, journal } = world();
    await load(controller, 'test.sink "a" { text = "1" }\ntest.sink "b" { }\ntest.sink "c" { }');
    journal.length = 0;
    await load(controller, 'test.sink "d" { }\ntest.sink "b" { }\ntest.sink "a" { text = "2" }');
    expect(journal).toEqual(["build test.sink.d ", "update test.sink.a 2", "stop test.sink.c", "run test.sink.d"]);
  });

  it.each([
    ["a syntax error", 'test.sink "a" { text = }', "expected expression, got }"],
    ["an unknown component", 'test.nope "a" { }', 'cannot find the definition of component name "test.nope"'],
    ["a component of Alloy that is not there", 'beyla.ebpf "a" { }', "exists in Grafana Alloy (generally-available)"],
    [
      "a component with another name now",
      'otelcol.exporter.logging "a" { }',
      "it is called otelcol.exporter.debug now",
    ],
    ["a bad argument", 'test.sink "a" { text = true }', "true should be string, got bool"],
    ["a bad combination", 'test.sink "a" { count = 10 }', "decoding configuration: count must not be greater than 9"],
    [
      "a component that cannot be built",
      'test.source "s" { fail = "no" }',
      "Failed to build component: building component: no",
    ],
    [
      "an update that fails",
      'test.sink "a" { text = "2" }\ntest.source "keep" { fail = "stays" }',
      "updating component: stays",
    ],
    [
      "a cycle",
      'test.source "x" { value = test.source.y.value }\ntest.source "y" { value = test.source.x.value }',
      "cycle detected",
    ],
    ["a reference to itself", 'test.source "x" { value = test.source.x.value }', "cannot reference self"],
    [
      "an unknown reference",
      'test.source "x" { value = test.source.z.value }',
      'component "test.source.z.value" does not exist or is out of scope',
    ],
    [
      "an export that is not there",
      'test.source "x" { value = test.sink.a.nope }\ntest.sink "a" { }',
      'field "nope" does not exist',
    ],
    ["a wrong receiver", 'test.source "s" { }\ntest.sink "a" { to = [test.source.s.value] }', "should be"],
  ])("changes nothing when the next file has %s", async (_name, source, message) => {
    const { controller, journal } = world();
    await load(controller, 'test.sink "a" { text = "1" }\ntest.source "keep" { }');
    journal.length = 0;
    const outcome = await controller.load([createSource("config.alloy", source)]);
    expect(outcome.kind === "invalid" && outcome.diagnostics.map((each) => each.message).join("\n")).toContain(message);
    expect(journal.filter((each) => !each.startsWith("build "))).toEqual(
      message.includes("stays") ? ["update test.sink.a 2", "update test.sink.a 1"] : [],
    );
    expect(controller.ready()).toBe(true);
    await controller.stop();
  });

  it("evaluates dependents again when an export changes, through other components", async () => {
    const { controller, journal, components } = world();
    await load(
      controller,
      'test.sink "a" { text = test.source.two.value + "!" }\ntest.source "two" { value = test.source.one.value }\ntest.source "one" { value = "1" }',
    );
    journal.length = 0;
    setExported(components, "test.source.one", "2");
    await expect.poll(() => journal).toEqual(["update test.source.two", "update test.sink.a 2!"]);
    setExported(components, "test.source.one", "2");
    setExported(components, "test.source.one", int(3));
    await expect.poll(() => controller.unhealthy()).toEqual(["test.sink"]);
    expect(journal).toEqual(["update test.source.two", "update test.sink.a 2!", "update test.source.two"]);
    setExported(components, "test.source.one", "4");
    await expect.poll(() => controller.unhealthy()).toEqual([]);
    await controller.stop();
  });

  it("names what is not healthy", async () => {
    const { controller, events } = world();
    await load(controller, 'test.sink "a" { text = "broken" }');
    await expect.poll(() => controller.unhealthy()).toEqual(["test.sink"]);
    expect(events.find((each) => each.startsWith("component.exited"))).toContain("no port");
  });

  it("allows what is less stable only when it was asked for", async () => {
    const { controller } = world();
    const refused = await controller.load([createSource("c", 'test.experimental "a" { x = 1 }')]);
    expect(refused.kind === "invalid" && refused.diagnostics[0]?.message).toContain("--stability.level");
    const { controller: bold } = world({ stability: "experimental" });
    await load(bold, 'test.experimental "a" { x = 1 }');
  });

  it("warns about functions that have another name now", async () => {
    const { controller, events } = world();
    await load(controller, 'test.sink "a" { text = env("X") }');
    expect(events).toContain('function.deprecated {"function":"env"}');
    await controller.stop();
  });

  it("takes over blocks of configuration, and their defaults when they go away", async () => {
    const applied: unknown[] = [];
    const logging = {
      name: "logging",
      kind: "config" as const,
      stability: "generally-available" as const,
      arguments: table({ level: attribute(string, { default: "info" }), write_to: attribute(list(probeCapsule)) }),
      apply: (args: unknown) => void applied.push((args as { level: string }).level),
    };
    const { controller } = world({ configBlocks: [logging] });
    await load(controller, 'logging "x" {\n level = "debug"\n write_to = [test.sink.a.receiver]\n}\ntest.sink "a" { }');
    await load(controller, "");
    expect(applied).toEqual(["debug", "info"]);
    const twice = await controller.load([createSource("c", "logging { }\nlogging { }")]);
    expect(twice.kind === "invalid" && twice.diagnostics[0]?.message).toBe("block logging already declared at c:1:1");
  });
});

describe("modules", () => {
  const declared = `
declare "m" {
  argument "text" { }
  argument "more" {
    optional = true
    default  = "?"
  }
  test.sink "inner" { text = argument.text.value + argument.more.value }
  test.source "s" { value = argument.text.value }
  export "value" { value = test.source.s.value + "." }
}
`;

  it("run with their own components, and export what they say", async () => {
    const { controller, journal, components } = world();
    await load(controller, `${declared}m "x" { text = "t" }\ntest.sink "out" { text = m.x.value }`);
    expect(journal).toContain("build m.x/test.sink.inner t?");
    expect(journal).toContain("build test.sink.out t.");
    expect(controller.nodes("m.x")?.map(({ node }) => node.id)).toContain("test.sink.inner");
    journal.length = 0;
    setExported(components, "m.x/test.source.s", "u");
    await expect.poll(() => journal).toEqual(["update test.sink.out u."]);
    await load(controller, `${declared}m "x" { text = "v" }\ntest.sink "out" { text = m.x.value }`);
    await expect.poll(() => journal).toContain("update test.sink.out v.");
    expect(journal).toContain("update m.x/test.sink.inner v?");
    journal.length = 0;
    await load(controller, "");
    expect(journal.toSorted()).toEqual(["stop m.x/test.sink.inner", "stop test.sink.out"]);
  });

  it.each([
    ["a missing argument", 'm "x" { }', 'missing required argument "text" to module'],
    ["an unknown argument", 'm "x" {\n text = "a"\n z = 1\n}', 'Provided argument "z" is not defined in the module'],
    ["a block", 'm "x" {\n text = "a"\n b { }\n}', "nested blocks not supported here"],
    ["no label", 'm { text = "a" }', 'component "m" must have a label'],
    ["an argument outside of it", 'argument "a" { }', "argument blocks only allowed inside a module"],
    ["a wrong declare", 'declare "declare" { }', "'declare' is not a valid label for a declare block"],
    ["a module of the network", 'import.http "n" { url = "http://x" }', "import.http is not supported here"],
  ])("refuse %s", async (_name, source, message) => {
    const { controller } = world();
    const outcome = await controller.load([createSource("config.alloy", declared + source)]);
    expect(outcome.kind === "invalid" && outcome.diagnostics.map((each) => each.message)).toEqual(
      expect.arrayContaining([expect.stringContaining(message)]),
    );
  });

  it("come from files and strings, with modules of their own inside", async () => {
    const { controller, journal } = world({
      files: {
        "/lib/one.alloy":
          'declare "a" {\n argument "t" { }\n b "y" { t = argument.t.value + module_path }\n}\ndeclare "b" {\n argument "t" { }\n test.sink "z" { text = argument.t.value }\n}',
      },
    });
    await load(
      controller,
      'import.file "lib" { filename = "/lib" }\nimport.string "str" { content = test.source.text.value }\ntest.source "text" { value = `declare "n" { test.sink "q" { } }` }\nlib.a "x" { t = "1" }\nstr.n "w" { }',
    );
    expect(journal).toContain("build lib.a.x/b.y/test.sink.z 1/lib");
    expect(journal).toContain("build str.n.w/test.sink.q ");
    const missing = await controller.load([createSource("c", 'import.file "m" { filename = "/nope/x.alloy" }')]);
    expect(missing.kind === "invalid" && missing.diagnostics[0]?.message).toBe(
      "Failed to evaluate node for config block: failed to read file: stat /nope/x.alloy: no such file or directory",
    );
  });

  it("change with the text that they are imported from", async () => {
    const { controller, journal, components } = world();
    await load(
      controller,
      'import.string "s" { content = test.source.t.value }\ntest.source "t" { value = `declare "n" { test.sink "q" { } }` }\ns.n "w" { }',
    );
    journal.length = 0;
    setExported(components, "test.source.t", 'declare "n" { test.sink "r" { } }');
    await expect
      .poll(() => journal)
      .toEqual(["build s.n.w/test.sink.r ", "stop s.n.w/test.sink.q", "run s.n.w/test.sink.r"]);
  });

  it("change with the file that they are imported from, and stay as they are while it is bad", async () => {
    const files: Record<string, string> = { "/m.alloy": 'declare "n" { test.sink "q" { } }' };
    const { controller, journal } = world({ files });
    await load(controller, 'import.file "s" {\n filename = "/m.alloy"\n poll_frequency = "10ms"\n}\ns.n "w" { }');
    journal.length = 0;
    files["/m.alloy"] = 'declare "n" { test.sink ';
    await expect.poll(() => controller.unhealthy()).toEqual(["import.file"]);
    files["/m.alloy"] = 'declare "n" { test.sink "q" { text = "new" } }';
    await expect.poll(() => journal).toEqual(["update s.n.w/test.sink.q new"]);
    expect(controller.unhealthy()).toEqual([]);
    await controller.stop();
  });

  it("run once for each element of a foreach", async () => {
    const { controller, journal } = world({ stability: "experimental" });
    const source = (list: string) =>
      `foreach "l" {\n collection = ${list}\n var = "each"\n template {\n test.sink "t" { text = each + test.source.s.value }\n }\n}\ntest.source "s" { value = "!" }`;
    await load(controller, source('["a", "b"]'));
    expect(journal).toContain("build foreach.l/foreach_2/test.sink.t b!");
    journal.length = 0;
    await load(controller, source('["a"]'));
    expect(journal).toEqual(["stop foreach.l/foreach_2/test.sink.t"]);
  });
});

function world(options: Partial<TestHostOptions> = {}) {
  const journal: string[] = [];
  const events: string[] = [];
  const components = probeComponents(journal);
  const controller = createController(testGraphHost({ definitions: components, events, ...options }));
  return { controller, journal, events, components };
}

async function load(controller: Controller, source: string): Promise<void> {
  expect(await controller.load([createSource("config.alloy", source)])).toMatchObject({ kind: "loaded" });
}
