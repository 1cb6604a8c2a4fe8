import { describe, expect, it } from "vitest";
import { createFunctionPipeline } from "../../../functions/pipeline/pipeline.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";
import { createMetrics } from "../../../shared/telemetry/metrics.ts";
import { requestOf } from "../../support/otlp/item-names.ts";
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
