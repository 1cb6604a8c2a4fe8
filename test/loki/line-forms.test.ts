import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../shared/loki/entry.ts";
import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { LineEntry } from "../../shared/loki/line-entry.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { createPushWriter } from "../../shared/loki/push-writer.ts";
import { lendLines } from "../support/lend-lines.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stage, stageWorld } from "../support/stage-world.ts";

const map = (given: Readonly<Record<string, string>>) => new Map(Object.entries(given));
const json = stage("json", { expressions: map({ ts: "", level: "", id: "http.id", all: "http" }) });
const labels = stage("labels", { values: map({ level: "", id: "" }) });
const timestamp = stage("timestamp", { source: "ts", format: "RFC3339Nano" });

/** Pipelines of which each does something with what it took out of a line. */
const pipelines = [
  [json, labels, timestamp],
  [stage("cri"), json, labels, timestamp],
  [stage("cri"), stage("multiline", { firstline: "^a", max_lines: 3 })],
  [
    stage("cri"),
    stage("timestamp", { source: "time", format: "RFC3339" }),
    stage("pack", { labels: ["stream"], ingest_timestamp: false }),
  ],
  [stage("docker"), json, labels],
  [stage("logfmt", { mapping: map({ level: "", id: "ms" }) }), labels],
  [
    stage("docker"),
    stage("multiline", { firstline: "^(level|\\{)", trim_newlines: true, max_lines: 3 }),
    stage("logfmt", { mapping: map({ level: "" }), source: "output" }),
    stage("json", { expressions: map({ id: "level" }), source: "output" }),
    labels,
  ],
  [stage("regex", { expression: "^(?P<level>[a-z]+)=(?P<id>\\S*)", labels_from_groups: true }), labels],
  [stage("regex", { expression: "level.*(?P<id>info|warning)" }), labels],
  [stage("drop", { expression: "info|warn" }), stage("replace", { expression: "level(.)", replace: "<{{ .Value }}>" })],
  [
    stage("match", {
      selector: '{app="x"} |= "level" !~ "^a b"',
      action: "keep",
      stage: [stage("static_labels", { values: map({ level: "known" }) })],
    }),
    stage("match", { selector: '{level="known"} |~ "\\bms=" or "info"', action: "drop" }),
  ],
  [stage("docker"), stage("output", { source: "timestamp" }), stage("labels", { values: map({ output: "" }) })],
  [
    stage("json", { expressions: map({ log: "", stream: "" }) }),
    stage("output", { source: "log" }),
    stage("multiline", { firstline: "^." }),
    json,
    labels,
  ],
  [json, stage("drop", { source: "level", value: "info" }), stage("output", { source: "all" })],
  [json, stage("template", { source: "level", template: "{{ ToUpper .Value }}-{{ .id }}" }), labels],
  [json, stage("structured_metadata", { values: map({ trace: "id", level: "" }) })],
  [json, stage("truncate", { rule: [{ limit: 4, suffix: "", sources: [], source_type: "extracted" }] }), labels],
  [json, json, stage("replace", { expression: "(info)", source: "level", replace: "x" }), labels],
  [json, stage("multiline", { firstline: "^\\{", max_lines: 2 }), labels, stage("tenant", { source: "id" })],
  [
    stage("json", { expressions: map({ n: "length(keys(@))", level: "" }) }),
    labels,
    stage("labels", { values: map({ n: "" }) }),
  ],
  [
    stage("json", { expressions: map({ level: "" }), drop_malformed: true }),
    stage("json", { expressions: map({ id: "" }), source: "level" }),
    labels,
  ],
];

const times = fc.constantFrom(
  "2024-02-29T12:34:56.789Z",
  "2024-02-29T12:34:56+01:00",
  "2023-02-29T00:00:00Z",
  "",
  "x",
  5,
  null,
);
const levels = fc.constantFrom(
  "info",
  "warn",
  'a "b"',
  "é",
  "\u{1f600}",
  "",
  null,
  true,
  1.5,
  { a: 1 },
  "x".repeat(80),
);
const objects = fc
  .record(
    { ts: times, level: levels, http: fc.constantFrom({ id: "i1" }, { id: { id: 2 } }, "i", [{ id: 1 }], null) },
    { requiredKeys: [] },
  )
  .map((object) => JSON.stringify(object));
const texts = fc.constantFrom(
  "",
  "a",
  "a b",
  "{",
  "{}",
  '{"level":"info"',
  '{"level":"info"} ',
  '{"level":"a","level":"b"}',
  '{"l\\u0065vel":"x"}',
  "[1]",
);
const content = fc.oneof(objects, texts);
const cri = fc.tuple(times, fc.constantFrom("stdout", "stderr", "stdin"), fc.constantFrom("F", "P", "", "X"), content);
const docker = fc
  .record(
    {
      log: fc.oneof(
        content.map((text) => `${text}\n`),
        fc.constantFrom(null, "", 1, "\ud800", "a\u001b[31m\tb\n"),
      ),
      stream: fc.constantFrom("stdout", "stderr", null, "a\nb"),
      time: times,
      LOG: fc.constantFrom("upper", null),
    },
    { requiredKeys: [] },
  )
  .map((object) => JSON.stringify(object));
const word = fc.constantFrom("level", "ms", "a", "\u00e9", "");
const logfmtValue = fc.constantFrom(
  "info",
  '"a b"',
  '"a\\"b"',
  '"\\u00e9"',
  '"open',
  '"\\x"',
  "",
  "\u00e9",
  '"',
  "a=b",
  '""',
  '"a"b',
  '"a\\',
);
const logfmtLine = fc
  .array(fc.tuple(word, fc.constantFrom("=", "", " ="), logfmtValue, fc.constantFrom(" ", "  ", "\t", "")), {
    maxLength: 4,
  })
  .map((pairs) => pairs.flat().join(""));
const line = fc.oneof(
  docker,
  logfmtLine,
  content,
  cri.map((parts) => parts.join(" ")),
);

function plain(text: string, index: number): Entry {
  return { labels: labelSet([["app", "x"]]), timeUnixNano: BigInt(index), line: text, metadata: [] };
}

/** All of them as one block, as a file is read. */
function fromBlock(lines: readonly string[]): Entry[] {
  const block = Buffer.from(lines.map((each) => `${each}\n`).join(""));
  let at = 0;
  return lines.map((text, index) => {
    const made = LineEntry.ofBlock(block, at, at + Buffer.byteLength(text));
    made.labels = labelSet([["app", "x"]]);
    made.nanos = index;
    at += Buffer.byteLength(text) + 1;
    return made;
  });
}

/** What comes out, and the push that it becomes. */
async function run(which: number, send: (receiver: EntryReceiver) => readonly Promise<void>[]) {
  const out = recordingEntries();
  const world = stageWorld();
  const pipeline = createPipeline(pipelines[which] ?? [], out.lending, world.world);
  const sending = send(pipeline.receiver);
  await pipeline.close();
  await Promise.all(sending);
  const writer = createPushWriter();
  for (const each of out.entries) writer.add(each);
  const push = Buffer.from(writer.finish()).toString("hex");
  const all = out.entries.map(({ labels: has, timeUnixNano, line: text, metadata }) => ({
    has,
    timeUnixNano,
    text,
    metadata,
  }));
  return { push, all, dropped: world.dropped };
}

describe("lines that are bytes", () => {
  it("come out of every pipeline as the same lines do that are text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(pipelines.length - 1), fc.array(line, { maxLength: 8 }), async (which, lines) => {
        const expected = await run(which, (to) => [to.consume(lines.map(plain))]);
        expect(await run(which, (to) => [to.consume(fromBlock(lines))])).toEqual(expected);
        const half = lines.length >> 1;
        const inTwo = (to: EntryReceiver) => [
          lendLines(to, lines.slice(0, half)),
          lendLines(to, lines.slice(half), half),
        ];
        expect(await run(which, inTwo)).toEqual(expected);
      }),
      { numRuns: 1_500 },
    );
  });
});
