import { describe, expect, it } from "vitest";
import { componentsJson } from "../../../daemon/controller/component-json.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { argumentsJson, valueJson } from "../../../daemon/controller/value-json.ts";
import { attribute, blocks, family, labelledBlocks, table } from "../../../shared/alloy/arguments.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { duration, optionalSecret, secret } from "../../../shared/alloy/text-types.ts";
import { secret as hide } from "../../../shared/secret.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";
import { probeComponents } from "../../support/alloy/probe-components.ts";

describe("componentsJson()", () => {
  it("shows components as Alloy's API does", async () => {
    const controller = createController(testGraphHost({ definitions: probeComponents([]) }));
    const source = 'test.sink "a" {\n to = [test.sink.b.receiver]\n text = "t"\n}\ntest.sink "b" { }';
    await controller.load([createSource("c", source)]);
    const [b, a] = componentsJson(controller.nodes("") ?? [], { moduleId: "", details: true });
    expect(a).toMatchObject({
      name: "test.sink",
      type: "block",
      localID: "test.sink.a",
      moduleID: "",
      label: "a",
      referencesTo: ["test.sink.b"],
      referencedBy: [],
      dataFlowEdgesTo: ["test.sink.b"],
      health: { state: "healthy", message: "started component" },
      original: "",
      arguments: [
        {
          name: "to",
          type: "attr",
          value: { type: "array", value: [{ type: "capsule", value: "test.sink.b.receiver" }] },
        },
        { name: "text", type: "attr", value: { type: "string", value: "t" } },
      ],
    });
    expect(b).toMatchObject({ referencedBy: ["test.sink.a"] });
    await controller.stop();
  });
});

describe("argumentsJson()", () => {
  it("never shows a secret, and leaves defaults out", () => {
    const inner = table({ x: attribute(int, { default: 1 }), wait: attribute(duration, { default: 0 }) });
    const of = table({
      key: attribute(secret),
      rule: blocks(inner),
      named: labelledBlocks(inner),
      stage: family({ a: inner }),
    });
    const args = {
      key: hide("s3cr3t"),
      rule: [{ x: 2, wait: 90_000 }],
      named: [{ x: 1, wait: 0, label: "l" }],
      stage: [{ member: "a" as const, args: { x: 1, wait: 0 } }],
    };
    const shown = argumentsJson(of, args);
    expect(shown).toEqual([
      { name: "key", type: "attr", value: { type: "capsule", value: "(secret)" } },
      {
        name: "rule",
        type: "block",
        body: [
          { name: "x", type: "attr", value: { type: "number", value: 2 } },
          { name: "wait", type: "attr", value: { type: "string", value: "1m30s" } },
        ],
      },
      { name: "named", type: "block", label: "l", body: [] },
      { name: "stage.a", type: "block", body: [] },
    ]);
    expect(valueJson(optionalSecret.encode("open"))).toEqual({ type: "string", value: "open" });
    expect(JSON.stringify([shown, valueJson(optionalSecret.encode(hide("s3cr3t")))])).not.toContain("s3cr3t");
  });
});
