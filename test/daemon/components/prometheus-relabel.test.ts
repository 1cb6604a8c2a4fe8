import { describe, expect, it } from "vitest";
import { relabel as discoveryRelabel } from "../../../daemon/components/discovery/relabel.ts";
import { echo } from "../../../daemon/components/prometheus/echo.ts";
import { relabel } from "../../../daemon/components/prometheus/relabel.ts";
import { sampleReceiver } from "../../../daemon/controller/capsules.ts";
import { labelsOf } from "../../../shared/prometheus/labels.ts";
import {
  addHistogram,
  addSample,
  addStaleMarker,
  createSampleBatch,
  type SampleBatch,
} from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

const series = (name: string, job: string) =>
  seriesOf(
    labelsOf([
      ["__name__", name],
      ["job", job],
    ]),
  );

function recorder() {
  const batches: SampleBatch[] = [];
  return { batches, receiver: { consume: async (batch: SampleBatch) => void batches.push(batch) } };
}

describe("prometheus.relabel", () => {
  it("relabels and drops, keeping what belongs to a sample with it", async () => {
    const { batches, receiver } = recorder();
    const text = `forward_to = [to]
      rule {
        source_labels = ["__name__"]
        regex = "drop_.*"
        action = "drop"
      }
      rule {
        target_label = "env"
        replacement = "prod"
      }`;
    const args = decodeArguments(relabel.arguments, text, { to: sampleReceiver.encode(receiver) });
    const running = await runComponent(relabel, args);
    const batch = createSampleBatch();
    const histogram = {
      counts: "integer",
      count: 1,
      sum: 1,
      stale: false,
      schema: 0,
      zeroThreshold: 0,
      zeroCount: 1,
      negativeSpans: [],
      negativeBuckets: [],
      positiveSpans: [],
      positiveBuckets: [],
      resetHint: 0,
      customValues: [],
    } as const;
    addSample(batch, series("drop_me", "a"), { timeMs: 1, value: 1 });
    const row = addSample(batch, series("keep", "a"), { timeMs: 1, value: 2 });
    batch.exemplars.set(row, [{ labels: ["trace_id", "x"], value: 1, timeMs: 1 }]);
    addStaleMarker(batch, series("ended", "a"), 3);
    addHistogram(batch, series("h", "a"), { timeMs: 4, histogram });
    const { receiver: input } = running.exports();
    await input.consume(batch);
    await input.consume(batch);
    const [first, second] = batches;
    expect(first?.series.map(({ labels }) => labels.join())).toEqual([
      "__name__,keep,env,prod,job,a",
      "__name__,ended,env,prod,job,a",
      "__name__,h,env,prod,job,a",
    ]);
    expect([
      first?.kinds,
      first?.timesMs,
      [...(first?.exemplars.keys() ?? [])],
      [...(first?.histograms.keys() ?? [])],
    ]).toEqual([[0, 1, 2], [1, 3, 4], [0], [2]]);
    expect(second?.series[0]).toBe(first?.series[0]);
    await running.component.update(
      decodeArguments(relabel.arguments, "forward_to = [to]", { to: sampleReceiver.encode(receiver) }),
    );
    await input.consume(batch);
    expect(batches[2]?.series).toEqual(batch.series);
    await running.stop();
  });

  it("tells what is wrong with a rule", () => {
    const decode = () => decodeArguments(relabel.arguments, 'forward_to = []\nrule { action = "zap" }');
    expect(decode).toThrow('unrecognized action type "zap"');
  });
});

describe("discovery.relabel", () => {
  it("gives targets other labels, and drops them", async () => {
    const text = `targets = [{"__address__" = "a:1", "__meta_x" = "1"}, {"__address__" = "b:1"}]
      rule {
        source_labels = ["__meta_x"]
        regex = "1"
        action = "keep"
      }
      rule {
        source_labels = ["__meta_x"]
        target_label = "größe"
      }`;
    const running = await runComponent(discoveryRelabel, decodeArguments(discoveryRelabel.arguments, text));
    expect(running.exports().output).toEqual([
      new Map([
        ["__address__", "a:1"],
        ["__meta_x", "1"],
        ["größe", "1"],
      ]),
    ]);
    await running.stop();
  });
});

describe("prometheus.echo", () => {
  it("writes samples to the log", async () => {
    const running = await runComponent(echo, decodeArguments(echo.arguments, ""));
    const batch = createSampleBatch();
    addSample(batch, series("up", "a"), { timeMs: 5, value: 1 });
    addStaleMarker(batch, series("down", "a"), 6);
    await running.exports().receiver.consume(batch);
    expect(running.events).toEqual([
      { name: "samples.echoed", fields: { samples: 2, text: 'up{job="a"} 1 5\ndown{job="a"} stale 6' } },
    ]);
    await running.stop();
  });
});
