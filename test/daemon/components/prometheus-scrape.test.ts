import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scrape } from "../../../daemon/components/prometheus/scrape.ts";
import { sampleReceiver } from "../../../daemon/controller/capsules.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { formatLabels } from "../../../shared/prometheus/labels.ts";
import { type SampleBatch, sampleKind } from "../../../shared/prometheus/sample.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { type ExpositionServer, startExposition } from "../../support/prometheus/exposition-server.ts";

describe("prometheus.scrape", () => {
  let target: ExpositionServer;

  beforeAll(async () => {
    target = await startExposition('m{job="own"} 1\n');
  });

  afterAll(() => target.close());

  it("goes on with the same targets in another way, and ends no series for that", async () => {
    const batches: SampleBatch[] = [];
    const to = sampleReceiver.encode({ consume: async (batch) => void batches.push(batch) });
    const text = (more: string) => `targets = [{"__address__" = "${target.address}", "instance" = "i"}]
      forward_to = [to]
      job_name = "j"
      scrape_interval = "50ms"
      scrape_timeout = "50ms"
      ${more}`;
    const running = await runComponent(scrape, decodeArguments(scrape.arguments, text(""), { to }));
    const seen = () => new Set(batches.flatMap(({ series }) => series.map(({ labels }) => formatLabels(labels))));
    await expect.poll(() => seen().has('m{exported_job="own", instance="i", job="j"}')).toBe(true);
    await running.component.update(decodeArguments(scrape.arguments, text("honor_labels = true"), { to }));
    await expect.poll(() => seen().has('m{instance="i", job="own"}')).toBe(true);
    const targets = running.component.debugInfo?.().target as readonly Readonly<Record<string, unknown>>[];
    expect(targets).toMatchObject([{ job: "j", health: "up", last_error: "" }]);
    await running.stop();
    expect(batches.flatMap(({ kinds }) => kinds)).not.toContain(sampleKind.stale);
  });

  it("goes on at once after the clock was set back by an hour, not an hour later", async () => {
    const batches: SampleBatch[] = [];
    const to = sampleReceiver.encode({ consume: async (batch) => void batches.push(batch) });
    const text = `targets = [{"__address__" = "${target.address}"}]
      forward_to = [to]
      scrape_interval = "100ms"
      scrape_timeout = "100ms"`;
    let setBackMs = 0;
    const clock = { ...systemClock, now: () => Date.now() - setBackMs };
    const running = await runComponent(scrape, decodeArguments(scrape.arguments, text, { to }), { clock });
    await expect.poll(() => batches.length).toBeGreaterThan(1);
    setBackMs = 3_600_000;
    const before = batches.length;
    await expect.poll(() => batches.length, { timeout: 5000 }).toBeGreaterThan(before + 3);
    setBackMs = -3_600_000;
    const late = batches.length;
    await expect.poll(() => batches.length, { timeout: 5000 }).toBeGreaterThan(late + 3);
    await running.stop();
  });

  it.each([
    [
      'scrape_interval = "5s"',
      'scrape_timeout (10s) greater than scrape_interval (5s) for scrape config with job name "j"',
    ],
    ['scrape_protocols = ["PrometheusText0.0.4", "PrometheusText0.0.4"]', "duplicate scrape protocol"],
    [
      'scrape_native_histograms = true\nscrape_protocols = ["PrometheusText0.0.4"]',
      "scrape_native_histograms is set to true, but PrometheusProto is not in scrape_protocols",
    ],
    [
      'enable_protobuf_negotiation = true\nscrape_protocols = ["PrometheusProto"]',
      "both enable_protobuf_negotiation and scrape_protocols are set, only one can be set at a time",
    ],
    [
      'metric_name_escaping_scheme = "x"',
      'invalid metric_name_escaping_scheme: "x", supported values: [allow-utf-8 underscores dots values]',
    ],
    ['metric_name_escaping_scheme = "allow-utf-8"', "metric_name_escaping_scheme cannot be set to 'allow-utf-8' while"],
    ['metric_name_validation_scheme = "x"', "invalid metric_name_validation_scheme"],
  ])("refuses %s", (more, message) => {
    expect(() => decodeArguments(scrape.arguments, `targets = []\nforward_to = []\njob_name = "j"\n${more}`)).toThrow(
      message,
    );
  });
});
