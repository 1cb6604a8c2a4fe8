import { describe, expect, it } from "vitest";
import { createFunctionPipeline } from "../../../functions/pipeline/pipeline.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";
import { requestOf } from "../../support/otlp/item-names.ts";
import { oracle } from "../../support/otlp/oracle.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";

function standOf(variables: Readonly<Record<string, string>> = {}) {
  const { accept, received } = createRecordingAccept();
  const opened: string[] = [];
  const pipeline = createFunctionPipeline({
    emit: () => {},
    metrics: createMetrics(),
    clock,
    random: () => 0.5,
    variable: (name) => variables[name],
    enqueueFor(destination) {
      opened.push(destination);
      return accept;
    },
  });
  const bytes = requestOf("logs", { names: ["one", "two"] });
  const send = () => pipeline.accept({ format: "otlp/logs", bytes, items: 2 });
  return { pipeline, received, opened, send };
}

const exporter = (name: string) => `
  otelcol.exporter.otlphttp "${name}" {
    client { endpoint = "https://${name}.example.com" }
  }`;
const receiver = (input: string) => `
  otelcol.receiver.otlp "default" {
    http { }
    output { logs = [${input}] }
  }`;

describe("createFunctionPipeline()", () => {
  it("queues for each exporter what the receiver passes on", async () => {
    const { pipeline, opened, received, send } = standOf();
    expect(
      await pipeline.load(
        receiver("otelcol.exporter.otlphttp.a.input, otelcol.exporter.otlphttp.b.input") +
          exporter("a") +
          exporter("b"),
      ),
    ).toBeUndefined();
    expect(await send()).toEqual({ kind: "accepted" });
    expect(opened.toSorted()).toEqual(["otelcol.exporter.otlphttp.a", "otelcol.exporter.otlphttp.b"]);
    expect(received).toHaveLength(2);
    expect(pipeline.destinations.candidates("otelcol.exporter.otlphttp.a")).toMatchObject([
      { endpoint: "https://a.example.com" },
    ]);
    expect(pipeline.destinations.candidates("unknown")).toEqual([]);
  });

  it.each([
    [
      "with include_metadata",
      "include_metadata = true",
      ["192.0.2.7", "checkout", "arn:aws:iam::123456789012:user/x", "123456789012", "red"],
    ],
    [
      "without it, all but the headers",
      "",
      ["192.0.2.7", "checkout", "arn:aws:iam::123456789012:user/x", "123456789012", undefined],
    ],
  ])("shows processors where a request came from: %s", async (_, argument, wanted) => {
    const { pipeline, received } = standOf();
    const names = ["client.address", "auth.sender", "auth.principal", "auth.account", "metadata.x-team"];
    const actions = names.map(
      (name) => `action {
      key          = "${name}"
      action       = "upsert"
      from_context = "${name}"
    }`,
    );
    const text = `
      otelcol.receiver.otlp "default" {
        http { ${argument} }
        output { logs = [otelcol.processor.attributes.origin.input] }
      }
      otelcol.processor.attributes "origin" {
        ${actions.join("\n")}
        output { logs = [otelcol.exporter.otlphttp.a.input] }
      }
      ${exporter("a")}`;
    expect(await pipeline.load(text)).toBeUndefined();
    await pipeline.accept({
      format: "otlp/logs",
      bytes: requestOf("logs", { names: ["one"] }),
      items: 1,
      sender: { name: "checkout", attributes: new Map(), rates: { burstMs: 1000 }, weight: 1 },
      principal: "arn:aws:iam::123456789012:user/x",
      clientAddress: "192.0.2.7",
      metadata: new Map([["x-team", ["red"]]]),
    });
    const decoded = oracle.logs.toObject(oracle.logs.decode(received[0]?.bytes ?? new Uint8Array())) as {
      resourceLogs: {
        scopeLogs: { logRecords: { attributes: { key: string; value: { stringValue: string } }[] }[] }[];
      }[];
    };
    const attributes = decoded.resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.attributes ?? [];
    const found = new Map(attributes.map(({ key, value }) => [key, value.stringValue]));
    expect(names.map((name) => found.get(name))).toEqual(wanted);
  });

  it.each([
    ["prometheus.scrape", "needs a process that stays"],
    ["loki.source.file", "needs a process that stays"],
    ["prometheus.remote_write", "needs its data in order"],
    ["otelcol.exporter.loki", "needs its data in order"],
    ["otelcol.exporter.nothing", "cannot find the definition"],
  ])("refuses %s by its name", async (name, words) => {
    const problem = await standOf().pipeline.check(`${name} "default" { }`);
    expect(problem).toContain(name);
    expect(problem).toContain(words);
  });

  it("goes on with what it has when another text cannot be used", async () => {
    const { pipeline, send } = standOf();
    await pipeline.load(receiver("otelcol.exporter.otlphttp.a.input") + exporter("a"));
    expect(await pipeline.load(receiver("otelcol.exporter.otlphttp.gone.input"))).toContain("gone");
    expect(await send()).toEqual({ kind: "accepted" });
    expect(pipeline.destinations.candidates("otelcol.exporter.otlphttp.a")).toHaveLength(1);
  });

  it("takes over another text, and forgets the destinations that it has no more", async () => {
    const { pipeline, opened, send } = standOf();
    await pipeline.load(receiver("otelcol.exporter.otlphttp.a.input") + exporter("a"));
    expect(await pipeline.load(receiver("otelcol.exporter.otlphttp.b.input") + exporter("b"))).toBeUndefined();
    expect(await send()).toEqual({ kind: "accepted" });
    expect(opened).toEqual(["otelcol.exporter.otlphttp.a", "otelcol.exporter.otlphttp.b"]);
    expect(pipeline.destinations.candidates("otelcol.exporter.otlphttp.a")).toEqual([]);
  });

  it("finds variables with sys.env, and other ones at the next load", async () => {
    const variables: Record<string, string> = { WHERE: "https://one.example.com" };
    const text = `${receiver("otelcol.exporter.otlphttp.a.input")}
      otelcol.exporter.otlphttp "a" {
        client { endpoint = sys.env("WHERE") }
      }`;
    const { pipeline } = standOf(variables);
    await pipeline.load(text);
    variables.WHERE = "https://other.example.com";
    await pipeline.load(text);
    expect(pipeline.destinations.candidates("otelcol.exporter.otlphttp.a")).toMatchObject([
      { endpoint: "https://other.example.com" },
    ]);
  });

  it("hands a request to every receiver, and answers once all have taken it", async () => {
    const { pipeline, received, send } = standOf();
    const second = receiver("otelcol.exporter.otlphttp.b.input").replace('"default"', '"second"');
    await pipeline.load(receiver("otelcol.exporter.otlphttp.a.input") + second + exporter("a") + exporter("b"));
    expect(await send()).toEqual({ kind: "accepted" });
    expect(received).toHaveLength(2);
  });

  it("asks clients to send again while it has no receiver", async () => {
    const { pipeline, send } = standOf();
    await pipeline.load(exporter("a"));
    expect(await send()).toMatchObject({ kind: "unavailable", reason: "the pipeline has no receiver" });
  });
});
