import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline, type WritePipeline } from "../support/prometheus/write-pipeline.ts";

/** Classic histograms, each a family of its own: buckets as `le=count`, then `sum` and `count` where they are there. */
const histograms: Readonly<Record<string, string>> = {
  usual: "0.1=1 1=3 10=3 +Inf=4 sum=12.5 count=4",
  no_infinity: "0.1=1 1=3 sum=2 count=5",
  no_count: "0.1=1 +Inf=3 sum=2",
  no_sum: "0.1=1 +Inf=3 count=3",
  no_buckets: "sum=2 count=3",
  only_count: "count=3",
  gaps: "1=2 2=2 3=2 4=3 5=3 6=3 7=3 8=3 9=4 +Inf=4 sum=1 count=4",
  ends_empty: "1=0 2=0 3=0 4=5 5=5 6=5 7=5 +Inf=5 sum=1 count=5",
  empty: "1=0 2=0 +Inf=0 sum=0 count=0",
  fractions: "1=0.5 2=1.5 +Inf=2 sum=1.25 count=2",
  falling: "1=3 2=2 +Inf=4 sum=1 count=4",
  mismatch: "1=1 2=2 +Inf=4 sum=1 count=5",
  unsorted: "2=2 1=1 +Inf=4 sum=1 count=4",
  negative: "-1=1 0=2 1=2 +Inf=4 sum=-3 count=4",
  odd_bounds: "1e3=1 1e21=2 +Inf=2 sum=1 count=2",
};

const text = `${Object.entries(histograms)
  .map(([name, lines]) => {
    const body = lines.split(" ").map((line) => {
      const [key = "", value] = line.split("=");
      return key === "sum" || key === "count"
        ? `${name}_${key}{a="x"} ${value}`
        : `${name}_bucket{a="x",le="${key}"} ${value}`;
    });
    return `# TYPE ${name} histogram\n${body.join("\n")}\n`;
  })
  .join("")}# TYPE plain gauge\nplain_bucket{le="1"} 5\nplain_sum 3\n`;

describe.skipIf(!peers.prometheus)("classic histograms that become native ones", () => {
  let target: ExpositionServer;
  let oracle: PrometheusServer;
  let receiver: PrometheusServer;
  let pipeline: WritePipeline;

  beforeAll(async () => {
    target = await startExposition(text);
    oracle = await startPrometheus(
      `global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n  - job_name: j\n    convert_classic_histograms_to_nhcb: true\n    fallback_scrape_protocol: PrometheusText0.0.4\n    static_configs:\n      - targets: ["${target.address}"]\n        labels: {instance: "i"}\n`,
    );
    receiver = await startPrometheus();
    pipeline = await startWritePipeline({
      scrape: `targets = [{"__address__" = "${target.address}", "instance" = "i"}]
        forward_to = [receiver]
        job_name = "j"
        scrape_interval = "1s"
        scrape_timeout = "1s"
        convert_classic_histograms_to_nhcb = true`,
      write: `endpoint {
        url = "${receiver.url}/api/v1/write"
        send_native_histograms = true
      }`,
    });
  });

  afterAll(async () => {
    await pipeline?.stop();
    await target?.close();
    await oracle?.close();
    await receiver?.close();
  });

  it("are those that Prometheus makes of them, in a report that counts the same", async () => {
    const seen = async ({ url }: PrometheusServer) => {
      const query = encodeURIComponent('{job="j",__name__!~"scrape_duration_seconds|scrape_series_added"}');
      const response = await fetch(`${url}/api/v1/query?query=${query}`);
      const { data } = (await response.json()) as {
        data: { result: { metric: Record<string, string>; value?: [number, string]; histogram?: [number, object] }[] };
      };
      return data.result
        .map(({ metric, value, histogram }) => JSON.stringify([metric.__name__, metric.a, (value ?? histogram)?.[1]]))
        .sort();
    };
    await expect.poll(async () => (await seen(oracle)).length, { timeout: 10_000 }).toBeGreaterThan(10);
    await expect.poll(() => seen(receiver), { timeout: 10_000 }).toEqual(await seen(oracle));
    expect((await seen(oracle)).join("\n")).toContain('["usual","x",{"count":"4","sum":"12.5"');
  });
});
