import { describe, expect, it } from "vitest";
import { prometheus as exporter } from "../../../daemon/components/otelcol/exporter/prometheus.ts";
import { prometheus as receiver } from "../../../daemon/components/otelcol/receiver/prometheus.ts";
import { type OtlpRequest, otlpConsumer, sampleReceiver } from "../../../daemon/controller/capsules.ts";
import { formatLabels, labelsOf } from "../../../shared/prometheus/labels.ts";
import { addSample, createSampleBatch, type SampleBatch } from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

describe("otelcol.receiver.prometheus into otelcol.exporter.prometheus", () => {
  it("gives back what was scraped, and sends again what was not taken at first", async () => {
    const batches: SampleBatch[] = [];
    const to = sampleReceiver.encode({ consume: async (batch) => void batches.push(batch) });
    const out = await runComponent(
      exporter,
      decodeArguments(exporter.arguments, "forward_to = [to]\ninclude_scope_labels = false", { to }),
    );
    let refusals = 1;
    const requests: OtlpRequest[] = [];
    const consumer = otlpConsumer.encode({
      accept: async (request) => {
        requests.push(request);
        return refusals-- > 0
          ? { kind: "unavailable", reason: "full", retryAfterMs: 1 }
          : out.exports().input.accept(request);
      },
    });
    const into = await runComponent(
      receiver,
      decodeArguments(receiver.arguments, "output { metrics = [consumer] }", { consumer }),
    );
    const batch = createSampleBatch();
    batch.metadata.push({ family: "c", type: "counter", help: "", unit: "" });
    addSample(
      batch,
      seriesOf(
        labelsOf([
          ["__name__", "c_total"],
          ["job", "j"],
          ["instance", "h:1"],
        ]),
      ),
      { timeMs: 5_000, value: 3 },
    );
    await into.exports().receiver.consume(batch);
    expect(requests).toHaveLength(2);
    const shown = batches.flatMap(({ series, values }) =>
      series.map(({ labels }, row) => `${formatLabels(labels)} ${values[row]}`),
    );
    expect(shown).toContain('c_total{instance="h:1", job="j"} 3');
    await into.stop();
    await out.stop();
  });

  it("rejects signals that are not metrics", async () => {
    const out = await runComponent(exporter, decodeArguments(exporter.arguments, "forward_to = []"));
    const request = { format: "otlp/logs", items: 3, bytes: new Uint8Array(0) } as const;
    expect(await out.exports().input.accept(request)).toMatchObject({ kind: "accepted", rejected: { items: 3 } });
    await out.stop();
  });
});
