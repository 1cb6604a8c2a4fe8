import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type HistogramShape, nativeHistogram } from "../support/prometheus/native-histogram-body.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { startWritePipeline, type WritePipeline } from "../support/prometheus/write-pipeline.ts";

/** One job: the same rules in the words of Prometheus and of Sluice, and what its target shows. */
interface Job {
  readonly prometheus: string;
  readonly sluice: string;
  readonly body: string | Uint8Array;
  readonly contentType?: string;
}

const protobuf =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores";
const few = "a 1\nb 2\nc 3\n";
const clash = 'a{instance="own",job="own",exported_job="x"} 1\nb{instance=""} 2\n';
const timed = (time: number) => `a 1 ${time}\nb 2\n`;

/** One of each kind that OpenMetrics has. */
const openMetrics = `# TYPE requests counter
# UNIT requests_seconds seconds
requests_total{code="200"} 5 # {trace_id="abc"} 0.5
requests_created{code="200"} 1520430000.123
# TYPE build info
build_info{version="1"} 1
# TYPE state stateset
state{state="on"} 1
state{state="off"} 0
# TYPE depth gaugehistogram
depth_bucket{le="1"} 3
depth_bucket{le="+Inf"} 4
depth_gcount 4
depth_gsum 7
# TYPE latency summary
latency{quantile="0.5"} NaN
latency_sum 0
latency_count 0
# TYPE other unknown
other 1e-9
# EOF
`;
const classic = `# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="1"} 5
h_bucket{le="+Inf"} 7
h_sum 9.5
h_count 7
`;

const native = Buffer.concat([nativeHistogram("fine", 3), nativeHistogram("both", 1, { withClassic: true })]);
const asProtobuf = { body: native, contentType: protobuf };
const nativeYaml = "scrape_protocols: [PrometheusProto]\n    scrape_native_histograms: true";
const nativeArgs = 'scrape_protocols = ["PrometheusProto"]\nscrape_native_histograms = true';

/** A good one, then one that storage does not take. */
function refused(how: HistogramShape): Job {
  const body = Buffer.concat([nativeHistogram("fine", 3), nativeHistogram("bad", 3, how)]);
  return { prometheus: nativeYaml, sluice: nativeArgs, body, contentType: protobuf };
}

const now = Date.now();
const jobs: Readonly<Record<string, Job>> = {
  clash: { prometheus: "", sluice: "", body: clash },
  honor_labels: { prometheus: "honor_labels: true", sluice: "honor_labels = true", body: clash },
  own_times: { prometheus: "", sluice: "", body: timed(now - 5_000) },
  no_times: { prometheus: "honor_timestamps: false", sluice: "honor_timestamps = false", body: timed(now - 5_000) },
  future: { prometheus: "", sluice: "", body: timed(now + 3_600_000) },
  samples: { prometheus: "sample_limit: 2", sluice: "sample_limit = 2", body: few },
  samples_just: { prometheus: "sample_limit: 3", sluice: "sample_limit = 3", body: few },
  labels: { prometheus: "label_limit: 3", sluice: "label_limit = 3", body: 'a{b="1"} 1\n' },
  names: {
    prometheus: "label_name_length_limit: 10",
    sluice: "label_name_length_limit = 10",
    body: 'a{long_long_name="1"} 1\n',
  },
  values: {
    prometheus: "label_value_length_limit: 20",
    sluice: "label_value_length_limit = 20",
    body: `a{b="${"v".repeat(21)}"} 1\n`,
  },
  body: { prometheus: "body_size_limit: 10B", sluice: 'body_size_limit = "10B"', body: few },
  legacy: {
    prometheus: "metric_name_validation_scheme: legacy",
    sluice: 'metric_name_validation_scheme = "legacy"',
    body: '{"with.dot"} 1\n',
  },
  utf8: {
    prometheus: "metric_name_validation_scheme: utf8",
    sluice: 'metric_name_validation_scheme = "utf8"',
    body: '{"with.dot","label.dot"="x"} 1\n',
  },
  native: { prometheus: nativeYaml, sluice: nativeArgs, ...asProtobuf },
  not_native: {
    prometheus: "scrape_protocols: [PrometheusProto]",
    sluice: 'scrape_protocols = ["PrometheusProto"]',
    ...asProtobuf,
  },
  native_and_classic: {
    prometheus: `${nativeYaml}\n    always_scrape_classic_histograms: true`,
    sluice: `${nativeArgs}\nscrape_classic_histograms = true`,
    ...asProtobuf,
  },
  native_coarse: {
    prometheus: `${nativeYaml}\n    native_histogram_bucket_limit: 4`,
    sluice: `${nativeArgs}\nnative_histogram_bucket_limit = 4`,
    ...asProtobuf,
  },
  native_factor: {
    prometheus: `${nativeYaml}\n    native_histogram_min_bucket_factor: 1.5`,
    sluice: `${nativeArgs}\nnative_histogram_min_bucket_factor = 1.5`,
    ...asProtobuf,
  },
  gauge: {
    prometheus: nativeYaml,
    sluice: nativeArgs,
    body: nativeHistogram("g", 2, { isGauge: true }),
    contentType: protobuf,
  },
  openmetrics: {
    prometheus: "",
    sluice: "",
    body: openMetrics,
    contentType: "application/openmetrics-text; version=1.0.0",
  },
  converted: {
    prometheus: "convert_classic_histograms_to_nhcb: true",
    sluice: "convert_classic_histograms_to_nhcb = true",
    body: classic,
  },
  converted_and_classic: {
    prometheus: "convert_classic_histograms_to_nhcb: true\n    always_scrape_classic_histograms: true",
    sluice: "convert_classic_histograms_to_nhcb = true\nscrape_classic_histograms = true",
    body: classic,
  },
  tracked: {
    prometheus: "track_timestamps_staleness: true",
    sluice: "track_timestamps_staleness = true",
    body: timed(now - 5_000),
  },
  extra: { prometheus: "extra_scrape_metrics: true", sluice: "extra_metrics = true", body: few },
  protocols: {
    prometheus: "scrape_protocols: [PrometheusText1.0.0, PrometheusProto, OpenMetricsText0.0.1]",
    sluice: 'scrape_protocols = ["PrometheusText1.0.0", "PrometheusProto", "OpenMetricsText0.0.1"]',
    body: few,
  },
  protobuf_last: {
    prometheus: "scrape_protocols: [PrometheusText0.0.4, PrometheusProto]\n    scrape_native_histograms: true",
    sluice: 'scrape_protocols = ["PrometheusText0.0.4", "PrometheusProto"]\nscrape_native_histograms = true',
    body: few,
  },
  dots: {
    prometheus: "metric_name_escaping_scheme: dots",
    sluice: 'metric_name_escaping_scheme = "dots"',
    body: few,
  },
  native_default: {
    prometheus: "scrape_native_histograms: true",
    sluice: "scrape_native_histograms = true",
    body: few,
  },
  negotiated: {
    prometheus: "scrape_native_histograms: true",
    sluice: "enable_protobuf_negotiation = true",
    ...asProtobuf,
  },
  uncompressed: { prometheus: "enable_compression: false", sluice: "enable_compression = false", body: few },
  bad_count: refused({ count: 13 }),
  bad_spans: refused({ deltas: [1, 1, -1, 1] }),
  bad_bucket: refused({ deltas: [1, 1, -3, 1, 1] }),
  bad_offset: refused({ offset: -1 }),
};

describe.skipIf(!peers.prometheus)("Sluice and Prometheus scrape by the same rules", () => {
  const targets: ExpositionServer[] = [];
  const pipelines: WritePipeline[] = [];
  let oracle: PrometheusServer;
  let receiver: PrometheusServer;
  /** Of remote write 2.0. */
  let second: PrometheusServer;

  beforeAll(async () => {
    [receiver, second] = await Promise.all([startPrometheus(), startPrometheus()]);
    const configs: string[] = [];
    for (const [job, { prometheus, sluice, body, contentType }] of Object.entries(jobs)) {
      const target = await startExposition("");
      target.body = body;
      target.contentType = contentType ?? target.contentType;
      targets.push(target);
      const validation = prometheus.includes("validation_scheme") ? "" : "    metric_name_validation_scheme: legacy\n";
      configs.push(
        `  - job_name: ${job}\n${validation}    ${prometheus}\n    static_configs:\n      - targets: ["${target.address}"]\n        labels: {instance: "i"}\n`,
      );
      const labels = `{"__address__" = "${target.address}", "instance" = "i"}`;
      pipelines.push(
        await startWritePipeline({
          scrape: `targets = [${labels}]\nforward_to = [receiver]\njob_name = "${job}"\nscrape_interval = "1s"\nscrape_timeout = "1s"\n${sluice}`,
          write: endpoint(receiver, "prometheus.WriteRequest") + endpoint(second, "io.prometheus.write.v2.Request"),
        }),
      );
    }
    oracle = await startPrometheus(
      `global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n${configs.join("")}`,
    );
  }, 30_000);

  afterAll(async () => {
    await Promise.all(pipelines.map((pipeline) => pipeline.stop()));
    await Promise.all(targets.map((target) => target.close()));
    await oracle?.close();
    await receiver?.close();
    await second?.close();
  });

  function endpoint({ url }: PrometheusServer, message: string): string {
    return `endpoint {\n  url = "${url}/api/v1/write"\n  send_native_histograms = true\n  protobuf_message = "${message}"\n}\n`;
  }

  async function seen({ url }: PrometheusServer, name: string): Promise<readonly string[]> {
    const query = encodeURIComponent(
      `last_over_time({__name__!~"scrape_duration_seconds|scrape_series_added",instance=~"i|own|",job=~"${name}|own"}[1m])`,
    );
    const response = await fetch(`${url}/api/v1/query?query=${query}`);
    const { data } = (await response.json()) as { data: { result: Result[] } };
    return data.result
      .map(({ metric, value, histogram }) => JSON.stringify([Object.entries(metric).sort(), (value ?? histogram)?.[1]]))
      .sort();
  }

  async function differences(reader: PrometheusServer, job: string): Promise<object> {
    const [theirs, ours] = await Promise.all([seen(oracle, job), seen(reader, job)]);
    return {
      missing: theirs.filter((each) => !ours.includes(each)),
      more: ours.filter((each) => !theirs.includes(each)),
    };
  }

  it("asks with the same headers", async () => {
    const names = ["accept", "accept-encoding", "x-prometheus-scrape-timeout-seconds"] as const;
    await expect
      .poll(
        () =>
          Object.keys(jobs).flatMap((job, at) => {
            const seen = targets[at]?.seen ?? [];
            const theirs = seen.find((headers) => headers["user-agent"]?.startsWith("Prometheus/"));
            const ours = seen.find((headers) => !headers["user-agent"]?.startsWith("Prometheus/"));
            return theirs && ours
              ? names.filter((name) => theirs[name] !== ours[name]).map((name) => [job, theirs[name], ours[name]])
              : [[job, "not asked"]];
          }),
        { timeout: 10_000 },
      )
      .toEqual([]);
  });

  it.for(Object.keys(jobs))("%s: the same series with the same values", async (job) => {
    await expect.poll(async () => (await seen(oracle, job)).join(), { timeout: 10_000 }).toContain("scrape_samples");
    for (const reader of [receiver, second]) {
      await expect.poll(() => differences(reader, job), { timeout: 10_000 }).toEqual({ missing: [], more: [] });
    }
  });
});

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, object];
}
