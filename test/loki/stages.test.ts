import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { family, table } from "../../shared/alloy/arguments.ts";
import { decodeBody } from "../../shared/alloy/decode-body.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { createSource } from "../../shared/alloy/source.ts";
import type { Entry } from "../../shared/loki/entry.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { LineEntry } from "../../shared/loki/line-entry.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { InvalidStage, type StageSpec } from "../../shared/loki/stages/stage.ts";
import { stageTables } from "../../shared/loki/stages/table.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stageWorld } from "../support/stage-world.ts";

interface CaseEntry {
  readonly labels?: Readonly<Record<string, string>>;
  readonly timeUnixNano?: string;
  readonly line: string;
  readonly structuredMetadata?: Readonly<Record<string, string>>;
}

interface Case {
  readonly name: string;
  readonly config: string;
  readonly input: readonly CaseEntry[];
  readonly expect?: readonly CaseEntry[];
  readonly error?: string;
}

const file = new URL("../fixtures/loki-stages.json", import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(file, "utf8")).cases;

const process = table({ stage: family(stageTables) });

function load(config: string): readonly StageSpec[] {
  const source = createSource("", config);
  const parsed = parseFile(source);
  if (parsed.kind === "invalid") throw new Error(parsed.diagnostics[0]?.message);
  const scope = { variables: new Map(), library: new Map() };
  const decoded = decodeBody(parsed.tree.body, process, { source, scope });
  if (decoded.kind === "decoded") return decoded.args.stage;
  const { start, message } = decoded.diagnostic;
  throw new Error(start ? `${start.line}:${start.column}: ${message}` : message);
}

function entryOf({ labels = {}, timeUnixNano = "0", line, structuredMetadata = {} }: CaseEntry): Entry {
  const metadata = Object.entries(structuredMetadata).map(([name, value]) => ({ name, value }));
  return { labels: labelSet(Object.entries(labels)), timeUnixNano: BigInt(timeUnixNano), line, metadata };
}

function caseOf({ labels, timeUnixNano, line, metadata }: Entry): CaseEntry {
  const named = (pairs: Entry["metadata"]) => Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
  return {
    labels: named(labels),
    timeUnixNano: String(timeUnixNano),
    line,
    ...(metadata.length > 0 ? { structuredMetadata: named(metadata) } : {}),
  };
}

/** The same entry as a file is read: its line is bytes among others. */
function bytesOf(entry: Entry): Entry {
  const block = Buffer.from(`"}\n${entry.line}\n{"`);
  const made = LineEntry.ofBlock(block, 3, block.length - 3);
  made.labels = entry.labels;
  made.metadata = entry.metadata;
  made.timeUnixNano = entry.timeUnixNano;
  return made;
}

async function run({ config, input }: Case, form = (entry: Entry) => entry): Promise<readonly CaseEntry[]> {
  const out = recordingEntries();
  const pipeline = createPipeline(load(config), out.receiver, stageWorld(Date.now()).world);
  const sending = input.map((each) => pipeline.receiver.consume([form(entryOf(each))]));
  await pipeline.close();
  await Promise.all(sending);
  return out.entries.map(caseOf);
}

function problemOf({ config }: Case): string {
  try {
    createPipeline(load(config), recordingEntries().receiver, stageWorld().world);
  } catch (error) {
    if (error instanceof Error || error instanceof InvalidStage) return error.message;
  }
  return "";
}

describe("the stages of loki.process", () => {
  it.each(cases.filter(({ error }) => error === undefined))("do as Alloy's: $name", async (each) => {
    expect(await run(each)).toEqual(each.expect?.map((one) => ({ labels: {}, ...one })));
  });

  it.each(cases.filter(({ error }) => error === undefined))(
    "do the same with lines that are bytes: $name",
    async (each) => {
      expect(await run(each, bytesOf)).toEqual(each.expect?.map((one) => ({ labels: {}, ...one })));
    },
  );

  it.each(cases.filter(({ error }) => error !== undefined))("say what Alloy says: $name", (each) => {
    expect(problemOf(each)).toBe(each.error);
  });
});
