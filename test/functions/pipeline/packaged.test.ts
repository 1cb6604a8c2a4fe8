import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPipeline } from "../../../functions/pipeline/check-pipeline.ts";
import {
  type RunningPipeline,
  type StartPipelineOptions,
  startPipeline,
} from "../../../functions/pipeline/start-pipeline.ts";
import type { SignalName } from "../../../shared/signal.ts";
import ottl from "../../fixtures/ottl.json" with { type: "json" };
import ottlFound from "../../fixtures/ottl-found.json" with { type: "json" };
import processors from "../../fixtures/processors.json" with { type: "json" };
import { type ProcessorCase, protobufOf } from "../../support/otlp/processor-cases.ts";
import { alloyBody } from "../../support/packaged/alloy-body.ts";
import { openPackaged } from "../../support/packaged/open-packaged.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-packaged-"));
afterAll(() => rmSync(folder, { recursive: true }));

const exporter = `client {
  endpoint = sys.env("ENDPOINT")
  auth     = otelcol.auth.basic.someone.handler
}`;
const auth = `otelcol.auth.basic "someone" {
  client_auth {
    username = string.format("%s-%d", sys.env("USER_NAME"), 7)
    password = sys.env("KEY")
  }
}`;

/** Settings that a function would have, and whatever it puts into the queue, by destination. */
function standOf(
  text: string,
  variables: Record<string, string> = { ENDPOINT: "https://otlp.example", USER_NAME: "u", KEY: "k" },
) {
  const settings = { config: { pipeline: text }, variables };
  const queued: string[] = [];
  const events: string[] = [];
  const options = {
    store: { current: () => settings.config as never, variables: () => settings.variables },
    env: {},
    folder,
    emit: (name: string, fields: { problems?: string }) => events.push([name, fields.problems ?? ""].join(" ").trim()),
    metrics: { add() {}, set() {}, observe() {} } as never,
    enqueueFor: (destination) => async (request) => {
      queued.push(`${destination} ${request.format} ${request.items} ${Buffer.from(request.bytes).toString("base64")}`);
      return { kind: "accepted" };
    },
  } as StartPipelineOptions;
  return { options, settings, queued, events };
}

async function send(pipeline: RunningPipeline, { signal, input }: Pick<ProcessorCase, "signal" | "input">) {
  return pipeline.accept({ format: `otlp/${signal}`, bytes: protobufOf(input, signal), items: 1 });
}

async function notAsked(): Promise<never> {
  throw new Error("the packaged pipeline could not be started");
}

const fixtures = (
  [...ottl.cases, ...ottlFound.cases, ...processors.cases] as unknown as readonly ProcessorCase[]
).filter(
  ({ input, arguments: args, expect: { loadError, createError } }) =>
    input !== undefined && !(loadError ?? createError) && !/UUID|Now\(/.test(JSON.stringify(args)),
);

/** Of the fixtures: what a function runs, and what comes to the same twice. */
async function usable(cases: readonly ProcessorCase[]): Promise<readonly ProcessorCase[]> {
  const problems = await checkPipeline(pipelineOf(cases), {});
  if (problems === undefined) return cases;
  const refused = new Set([...problems.matchAll(/otelcol[.]processor[.]\w+ "c(\d+)"/g)].map(([, at]) => Number(at)));
  if (refused.size === 0) throw new Error(problems);
  return usable(cases.filter((_, at) => !refused.has(at)));
}

function pipelineOf(some: readonly ProcessorCase[]): string {
  const inputs = (signal: SignalName) =>
    some.flatMap((each, at) => (each.signal === signal ? [`otelcol.processor.${each.processor}.c${at}.input`] : []));
  const outputs = (["traces", "metrics", "logs"] as const).map(
    (signal) => `${signal} = [${inputs(signal).join(", ")}]`,
  );
  const components = some.map(({ processor, arguments: args, signal }, at) => {
    const to = `output { ${signal} = [otelcol.exporter.otlphttp.c${at}.input] }`;
    return `otelcol.processor.${processor} "c${at}" {\n${alloyBody(args)}\n${to}\n}
      otelcol.exporter.otlphttp "c${at}" {\n${exporter}\n}`;
  });
  return `otelcol.receiver.otlp "in" {\nhttp { }\noutput {\n${outputs.join("\n")}\n}\n}\n${auth}\n${components.join("\n")}`;
}

const example = `
  otelcol.receiver.otlp "in" {
    http { }
    output { logs = [otelcol.processor.transform.redact.input] }
  }
  otelcol.processor.transform "redact" {
    log_statements {
      context    = "log"
      statements = [\`replace_pattern(attributes["token"], "\\\\d{4,}", "#")\`]
    }
    output { logs = [otelcol.exporter.otlphttp.there.input] }
  }
  otelcol.exporter.otlphttp "there" {\n${exporter}\n}
  ${auth}`;

async function startExample(name: string, variables?: Record<string, string>) {
  const packaged = await openPackaged(example, join(folder, name));
  if (!packaged) throw new Error("nothing was packaged");
  const stand = standOf(example, variables);
  const starting = packaged.startPackaged(packaged.nodes, stand.options, async () => startPipeline);
  return { ...stand, starting };
}

const destination = "otelcol.exporter.otlphttp.there";

describe("a packaged pipeline", () => {
  it("comes to the same as its file: the cases of the fixtures", async () => {
    const cases = await usable(fixtures);
    expect(cases.length).toBeGreaterThan(200);
    const text = pipelineOf(cases);
    const packaged = await openPackaged(text, join(folder, "cases"));
    if (!packaged) throw new Error("nothing was packaged");
    const one = standOf(text);
    const other = standOf(text);
    const whole = await startPipeline(one.options);
    const ready = await packaged.startPackaged(packaged.nodes, other.options, notAsked);
    // Each goes through all the processors of its signal.
    for (const each of cases.filter((_, at) => at % 25 === 0)) {
      expect(await send(ready, each), each.name).toEqual(await send(whole, each));
      expect(other.queued.splice(0).toSorted(), each.name).toEqual(one.queued.splice(0).toSorted());
    }
  });

  it("has what is known at the start alone: variables, and what is made of them", async () => {
    const { starting } = await startExample("variables");
    const [found] = (await starting).destinations.candidates(destination);
    expect(found).toMatchObject({ endpoint: "https://otlp.example", auth: { kind: "basic", username: "u-7" } });
    expect(found?.auth.kind === "basic" && found.auth.password.reveal()).toBe("k");
  });

  it("reads the file where it cannot be started, and so says why", async () => {
    const { starting } = await startExample("bad", { ENDPOINT: "no address", USER_NAME: "u", KEY: "k" });
    await expect(starting).rejects.toThrow(
      /The pipeline cannot be used:[\s\S]*"no address" is not an http or https URL/,
    );
  });

  it("follows variables that have changed, and keeps what runs when they are bad", async () => {
    const { starting, settings, events } = await startExample("follow");
    const pipeline = await starting;
    const endpoint = () => pipeline.destinations.candidates(destination)[0]?.endpoint;
    await pipeline.follow();
    expect(events).toEqual(["graph.scheduled"]);

    settings.variables = { ...settings.variables, ENDPOINT: "no address" };
    await pipeline.follow();
    await pipeline.follow();
    expect(events.filter((each) => each.startsWith("config.kept"))).toHaveLength(1);
    expect(endpoint()).toBe("https://otlp.example");

    settings.variables = { ...settings.variables, ENDPOINT: "https://other.example" };
    await pipeline.follow();
    expect(events.at(-1)).toBe("config.reloaded");
    expect(endpoint()).toBe("https://other.example");
    const logs = fixtures.find(({ signal }) => signal === "logs");
    expect(logs && (await send(pipeline, logs))).toEqual({ kind: "accepted" });
  });

  it.each([
    ["a module", 'declare "m" { }\nm "one" { }'],
    ["a block that configures", 'logging { level = "debug" }'],
    ["what is told as a warning", 'otelcol.auth.basic "old" { client_auth { password = env("KEY") } }'],
  ])("is read at the start where it has %s", async (_, block) => {
    expect(await openPackaged(`${example}\n${block}`, join(folder, "none"))).toBeUndefined();
  });
});
