import { describe, expect, it } from "vitest";
import { labelSet } from "../../shared/loki/labels.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { stageTables } from "../../shared/loki/stages/table.ts";
import { decodeArguments } from "../support/components/component-stand.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stage, stageWorld } from "../support/stage-world.ts";

const values = stage("logfmt", { mapping: new Map([["v", ""]]) });

async function stand(metrics: string) {
  const of = stageTables.metrics;
  if (of === undefined) throw new Error("no stage metrics");
  const out = recordingEntries();
  const world = stageWorld();
  const pipeline = createPipeline(
    [values, { member: "metrics", args: decodeArguments(of, metrics) }],
    out.receiver,
    world.world,
  );
  async function send(...lines: readonly string[]): Promise<void> {
    const labels = labelSet([
      ["app", "a"],
      ["__tenant_id__", "t"],
      ["not-a-name", "x"],
    ]);
    await pipeline.receiver.consume(lines.map((line) => ({ labels, timeUnixNano: 0n, line, metadata: [] })));
  }
  const samples = () =>
    world
      .page()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
  return { send, samples, lines: () => out.entries.map(({ line }) => line), ...world };
}

const labels = '{app="a",component_id="loki.process.test",component_path="/"}';

describe("stage.metrics", () => {
  it.each([
    ['metric.counter {\nname = "n"\nsource = "v"\naction = "inc"\n}', ["v=1", "v=x", "w=1"], 2],
    ['metric.counter {\nname = "v"\naction = "inc"\n}', ["v=1", "w=1"], 1],
    ['metric.counter {\nname = "v"\naction = "inc"\nvalue = "a"\n}', ["v=a", "v=b", "v=a"], 2],
    ['metric.counter {\nname = "v"\naction = "add"\n}', ["v=1.5", "v=2", "v=x", "v=-3"], 3.5],
    ['metric.counter {\nname = "v"\naction = "add"\n}', ["v=250ms", "v=1m"], 60.25],
    ['metric.counter {\nname = "n"\naction = "inc"\nmatch_all = true\n}', ["x", "v=1", "y"], 3],
    ['metric.counter {\nname = "n"\naction = "add"\nmatch_all = true\ncount_entry_bytes = true\n}', ["v=é", "abc"], 7],
    ['metric.gauge {\nname = "v"\naction = "set"\n}', ["v=7", "v=5", "v=x"], 5],
    ['metric.gauge {\nname = "v"\naction = "inc"\n}', ["v=7", "v=x", "w=1"], 2],
    ['metric.gauge {\nname = "v"\naction = "dec"\n}', ["v=7", "v=x"], -2],
    ['metric.gauge {\nname = "v"\naction = "add"\n}', ["v=7", "v=-2"], 5],
    ['metric.gauge {\nname = "v"\naction = "sub"\nvalue = "7"\n}', ["v=7", "v=2"], -7],
  ])("%s", async (config, lines, expected) => {
    const { send, samples, lines: passed } = await stand(config);
    await send(...lines);
    expect(samples()).toEqual([expect.stringMatching(/^loki_process_custom_/)]);
    expect(samples()[0]?.replace(/^[^{]*/, "")).toBe(`${labels} ${expected}`);
    expect(passed()).toEqual(lines);
  });

  it("puts values into the buckets of a histogram", async () => {
    const { send, page } = await stand(
      'metric.histogram {\nname = "v"\nprefix = "my_"\ndescription = "How long"\nbuckets = [0.1, 1]\n}',
    );
    await send("v=0.05", "v=100ms", "v=0.5", "v=3", "v=slow");
    expect(page()).toBe(
      [
        "# HELP my_v How long",
        "# TYPE my_v histogram",
        `my_v_bucket${labels.replace("}", ',le="0.1"}')} 2`,
        `my_v_bucket${labels.replace("}", ',le="1"}')} 3`,
        `my_v_bucket${labels.replace("}", ',le="+Inf"}')} 4`,
        `my_v_sum${labels} 3.65`,
        `my_v_count${labels} 4`,
        "",
      ].join("\n"),
    );
  });

  it("forgets a series that has rested for max_idle_duration after it was shown once more", async () => {
    const { send, samples, advance } = await stand(
      'metric.counter {\nname = "v"\naction = "inc"\nmax_idle_duration = "1m"\n}',
    );
    await send("v=1");
    advance(59_000);
    expect(samples()).toHaveLength(1);
    advance(1_000);
    expect(samples()).toHaveLength(1);
    expect(samples()).toEqual([]);
    await send("v=1");
    expect(samples()).toEqual([`loki_process_custom_v${labels} 1`]);
  });

  it.each([
    ['metric.counter {\nname = "v"\naction = "set"\n}', "the 'action' counter field must be either 'inc' or 'add'"],
    [
      'metric.counter {\nname = "v"\naction = "inc"\nmatch_all = true\nvalue = "x"\n}',
      "a 'counter' metric supports either 'match_all' or a 'value', but not both",
    ],
    [
      'metric.counter {\nname = "v"\naction = "add"\ncount_entry_bytes = true\n}',
      "the 'count_entry_bytes' counter field must be specified along with match_all set to true or action set to 'add'",
    ],
    [
      'metric.gauge {\nname = "v"\naction = "x"\n}',
      "the 'action' gauge field must be one of the following values: [set, inc, dec, add, sub]",
    ],
    [
      'metric.histogram {\nname = "v"\nbuckets = [1]\nmax_idle_duration = "10ms"\n}',
      "max_idle_duration must be greater or equal than 1s",
    ],
    ['metric.counter {\nname = "a-b"\naction = "inc"\n}', '"loki_process_custom_a-b" is not a valid metric name'],
    ['metric.histogram {\nname = "v"\nbuckets = [2, 1]\n}', "must be in increasing order"],
    [
      'metric.counter {\nname = "v"\naction = "inc"\n}\nmetric.gauge {\nname = "v"\naction = "inc"\n}',
      "is a counter and cannot be a gauge too",
    ],
  ])("refuses %s", async (config, problem) => {
    await expect(stand(config)).rejects.toThrow(problem);
  });
});
