import { describe, expect, it } from "vitest";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { lendLines } from "../support/lend-lines.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stage, stageWorld } from "../support/stage-world.ts";

async function run(...lines: readonly string[]) {
  const out = recordingEntries();
  const pipeline = createPipeline([stage("docker")], out.lending, stageWorld().world);
  await lendLines(pipeline.receiver, lines);
  return out.entries.map(({ line, labels }) => [line, labels.find(({ name }) => name === "stream")?.value]);
}

describe("stage.docker", () => {
  it.each([
    ["names in any case", '{"LOG":"a\\n","Stream":"stderr"}', "a\n", "stderr"],
    ["the last of several", '{"log":"a","LOG":"b","stream":"stdout"}', "b", "stdout"],
    ["nothing for null", '{"log":"a","LOG":null,"stream":"stdout"}', "a", "stdout"],
    ["the long s for an s", '{"log":"a","\u017ftream":"stderr"}', "a", "stderr"],
    ["names with escapes", '{"l\\u006fg":"a","stream":"stderr"}', "a", "stderr"],
    ["half a pair", '{"log":"\\ud800x","stream":"stderr"}', "\ud800x", "stderr"],
    [
      "letters and pairs as numbers",
      '{"log":"\\u00e9\\ud83d\\ude00\\u0041","stream":"stderr"}',
      "\u00e9\u{1f600}A",
      "stderr",
    ],
    ["null, which is an object without fields to Go", "null", "", ""],
    ["an object without the fields", "{}", "", ""],
  ])("takes %s", async (_what, line, expected, stream) => {
    expect(await run(line)).toEqual([[expected, stream]]);
  });

  it.each([
    ["a log that is not a text", '{"log":5,"stream":"stderr"}'],
    ["a stream that is not a text", '{"log":"a","STREAM":true}'],
    ["an array", '["log"]'],
    ["a broken line", '{"log":"a"'],
  ])("leaves %s alone", async (_what, line) => {
    expect(await run(line)).toEqual([[line, undefined]]);
  });

  it("has each line of a batch to itself", async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `{"log":"line \\"${index}\\"\\n","stream":"stdout"}`);
    expect(await run(...lines)).toEqual(lines.map((_line, index) => [`line "${index}"\n`, "stdout"]));
  });
});
