import { describe, expect, it } from "vitest";
import { formatGoFloat } from "../../../shared/prometheus/go-float.ts";
import { formatLabels, type Labels } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import { compileRelabelRule, type RelabelRuleText } from "../../../shared/prometheus/relabel/relabel-rule.ts";
import { type SampleBatch, sampleKind } from "../../../shared/prometheus/sample.ts";
import { acceptHeader, negotiateFormat } from "../../../shared/prometheus/scrape/exposition-format.ts";
import type { SampleRules } from "../../../shared/prometheus/scrape/scrape-config.ts";
import { createTargetScrape, type Scraped } from "../../../shared/prometheus/scrape/target-scrape.ts";
import { plainRules } from "../../support/prometheus/scrape-rules.ts";

const target: Labels = ["instance", "h:1", "job", "j"];

function rulesOf(change: Partial<SampleRules> = {}, relabel: readonly RelabelRuleText[] = []): SampleRules {
  const rules = relabel.flatMap((text) => {
    const compiled = compileRelabelRule(text);
    return compiled.kind === "rule" ? [compiled.rule] : [];
  });
  return {
    ...plainRules,
    relabel: createRelabel(rules, "metrics"),
    histograms: { native: true, classicToo: false, buckets: 0, maxSchema: 8 },
    ...change,
  };
}

function lines(batch: SampleBatch): string[] {
  return batch.series.map(({ labels }, row) => {
    const value = batch.kinds[row] === sampleKind.stale ? "stale" : formatGoFloat(batch.values[row] ?? 0);
    const own = labels.filter((_, i) => !["instance", "job"].includes(labels[i - (i % 2)] ?? ""));
    return `${formatLabels(own)} ${value} @${batch.timesMs[row]}`;
  });
}

function scraper(change?: Partial<SampleRules>, relabel?: readonly RelabelRuleText[]) {
  const scrape = createTargetScrape(target, rulesOf(change, relabel));
  return {
    scrape,
    take(body: string | undefined, timeMs: number): Scraped {
      const answer =
        body === undefined
          ? ({ kind: "failed", reason: "server returned HTTP status 503 Service Unavailable" } as const)
          : ({ kind: "body", body: Buffer.from(body), format: "text" } as const);
      return scrape.take(answer, { timeMs, durationSeconds: 0.5, timeoutSeconds: 10 });
    },
  };
}

const withoutReport = (scraped: Scraped) => lines(scraped.batch).filter((line) => !/^(up|scrape_)/.test(line));

describe("createTargetScrape()", () => {
  it("sends samples with the target's labels, and a report", () => {
    const { batch } = scraper().take('a{x="1"} 5\n', 1000);
    expect(batch.series[0]?.labels).toEqual(["__name__", "a", "instance", "h:1", "job", "j", "x", "1"]);
    expect(lines(batch)).toEqual([
      'a{x="1"} 5 @1000',
      "up 1 @1000",
      "scrape_duration_seconds 0.5 @1000",
      "scrape_samples_scraped 1 @1000",
      "scrape_samples_post_metric_relabeling 1 @1000",
      "scrape_series_added 1 @1000",
    ]);
  });

  it("drops what says that it is from more than ten minutes later, or from a time that is none", () => {
    const { take } = scraper();
    const got = take("a 1 601001\nb 1 601000\n", 1_000);
    expect(withoutReport(got)).toEqual(["b 1 @601000"]);
    expect([got.outOfBounds, got.report.afterRelabelling]).toEqual([1, 2]);
  });

  it("ends series that are gone, and all of them when a scrape fails", () => {
    const { take } = scraper();
    take("a 1\nb 1\n", 1000);
    expect(withoutReport(take("b 2\n", 2000))).toEqual(["b 2 @2000", "a stale @2000"]);
    expect(withoutReport(take(undefined, 3000))).toEqual(["b stale @3000"]);
    expect(withoutReport(take(undefined, 4000))).toEqual([]);
    const back = take("b 3\n", 5000);
    expect(withoutReport(back)).toEqual(["b 3 @5000"]);
    expect(back.report).toMatchObject({ up: true, seriesAdded: 0 });
  });

  it.each([
    ["ok 1\n9bad 1\n", 1, 1],
    ["ok 1\r\n", 0, 0],
    ['m{a="1",a="2"} 1\n', 1, 0],
    ['{"good.name"} 1\n', 1, 0],
    ["ok 1\nm 1 # x\n", 1, 1],
  ])("keeps nothing of %j and reports what it had read", (body, scraped, afterRelabelling) => {
    const { take } = scraper();
    take("old 1\n", 1000);
    const failed = take(body, 2000);
    expect(withoutReport(failed)).toEqual(["old stale @2000"]);
    expect(failed.report).toMatchObject({ up: false, scraped, afterRelabelling });
    expect(failed.reason).toBeTypeOf("string");
  });

  it("sends no stale marker for what only a failed scrape had", () => {
    const { take } = scraper();
    expect(withoutReport(take("new 1\n9bad 1\n", 1000))).toEqual([]);
    expect(withoutReport(take("new 1\n", 1000))).toEqual(["new 1 @1000"]);
  });

  it("takes the first of equal series, however they are written", () => {
    const scraped = scraper().take('m{a="1",b="2"} 1\nm{b="2",a="1"} 2\nm{a="1",b="2"} 3\n', 1000);
    expect(withoutReport(scraped)).toEqual(['m{a="1", b="2"} 1 @1000']);
    expect(scraped.duplicates).toBe(2);
  });

  it("keeps own times, drops older ones and ends no series that has them", () => {
    const { take } = scraper();
    expect(withoutReport(take("m 1 500\nm 2 600\n", 1000))).toEqual(["m 1 @500", "m 2 @600"]);
    const again = take("m 3 600\nn 1\nn 1 400\n", 2000);
    expect(withoutReport(again)).toEqual(["n 1 @2000"]);
    expect(again.outOfOrder).toBe(1);
    expect(withoutReport(take("", 3000))).toEqual(["n stale @3000"]);
    const tracked = scraper({ trackTimestampsStaleness: true });
    tracked.take("m 1 500\n", 1000);
    expect(withoutReport(tracked.take("", 2000))).toEqual(["m stale @2000"]);
  });

  it("ends a series that goes over to times of its own, or of which no line is taken", () => {
    const { take } = scraper();
    take("m 1\nn 1\n", 1000);
    const got = take(`m 2 1500\nn 2 999999999\n`, 2000);
    expect(withoutReport(got)).toEqual(["m 2 @1500", "m stale @2000", "n stale @2000"]);
    expect(withoutReport(take("n 3\n", 3000))).toEqual(["n 3 @3000"]);
  });

  it("ends what is gone when a target goes over to another format, and reads its lines again", () => {
    const { scrape } = scraper();
    const timing = { durationSeconds: 0, timeoutSeconds: 1 };
    const read = (body: string, format: "text" | "openmetrics", timeMs: number) =>
      withoutReport(scrape.take({ kind: "body", body: Buffer.from(body), format }, { ...timing, timeMs }));
    read("a 1\nb 1\n", "text", 1000);
    expect(read("a 2\n# EOF\n", "openmetrics", 2000)).toEqual(["a 2 @2000", "b stale @2000"]);
    expect(read("b 3\n", "text", 3000)).toEqual(["b 3 @3000", "a stale @3000"]);
  });

  it("hands on an exemplar once, until there is another", () => {
    const { scrape } = scraper();
    const exemplars = (text: string, timeMs: number) => {
      const body = Buffer.from(`m_total 1 # {t="${text}"} 1 0.5\n# EOF\n`);
      const timing = { timeMs, durationSeconds: 0, timeoutSeconds: 1 };
      return [...scrape.take({ kind: "body", body, format: "openmetrics" }, timing).batch.exemplars.values()];
    };
    expect(exemplars("a", 1000)).toEqual([[{ labels: ["t", "a"], value: 1, timeMs: 500 }]]);
    expect(exemplars("a", 2000)).toEqual([]);
    expect(exemplars("b", 3000)).toHaveLength(1);
  });

  it("counts against the limit of samples what is taken, not what came twice", () => {
    const { take } = scraper({ limits: { samples: 2, labels: 0, labelNameBytes: 0, labelValueBytes: 0 } });
    expect(take("a 1\nb 1\na 2\n", 1000).reason).toBeUndefined();
    expect(take("a 1\nb 1\nc 2\n", 2000).reason).toBe("sample limit exceeded");
    // The same labels as another text do count, as in Prometheus.
    expect(take('a 1\nb 1\na{x=""} 2\n', 3000).reason).toBe("sample limit exceeded");
  });

  it("can leave own times aside", () => {
    expect(withoutReport(scraper({ honorTimestamps: false }).take("m 1 500\n", 1000))).toEqual(["m 1 @1000"]);
  });

  it.each([
    [false, 'c{job="x"} 1\n', { job: "j", exported_job: "x" }],
    [false, 'c{job="x",exported_job="z"} 1\n', { job: "j", exported_job: "z", exported_exported_job: "x" }],
    [false, 'c{job=""} 1\n', { job: "j" }],
    [true, 'c{job="x"} 1\n', { job: "x", instance: "h:1" }],
    [true, 'c{job=""} 1\n', { instance: "h:1" }],
  ])("settles clashes with honor_labels %s: %s", (honorLabels, body, expected) => {
    const labels = scraper({ honorLabels }).take(body, 1000).batch.series[0]?.labels ?? [];
    const pairs = Object.fromEntries(labels.flatMap((text, i) => (i % 2 === 0 ? [[text, labels[i + 1]]] : [])));
    expect(pairs).toMatchObject(expected);
  });

  it("relabels, and counts what rules dropped as read only", () => {
    const { take } = scraper({}, [{ source_labels: ["__name__"], regex: "go_.*", action: "drop" }]);
    const scraped = take("go_x 1\na 1\n", 1000);
    expect(withoutReport(scraped)).toEqual(["a 1 @1000"]);
    expect(scraped.report).toMatchObject({ scraped: 2, afterRelabelling: 1 });
    expect(withoutReport(take("go_x 2\na 2\n", 2000))).toEqual(["a 2 @2000"]);
  });

  it.each([
    [{ samples: 1, labels: 0, labelNameBytes: 0, labelValueBytes: 0 }, "sample limit exceeded"],
    [
      { samples: 0, labels: 3, labelNameBytes: 0, labelValueBytes: 0 },
      "label_limit exceeded (metric: m, number of labels: 4, limit: 3)",
    ],
    [
      { samples: 0, labels: 0, labelNameBytes: 8, labelValueBytes: 0 },
      "label_name_length_limit exceeded (metric: m, label name: longlabel, length: 9, limit: 8)",
    ],
    [
      { samples: 0, labels: 0, labelNameBytes: 0, labelValueBytes: 3 },
      'label_value_length_limit exceeded (metric: m, label name: longlabel, value: "long", length: 4, limit: 3)',
    ],
  ])("fails beyond %j", (limits, reason) => {
    const { take } = scraper({ limits });
    const failed = take('m{longlabel="long"} 1\nn 1\n', 1000);
    expect(failed.reason).toBe(reason);
    expect(withoutReport(failed)).toEqual([]);
  });

  it("reports more where asked, and ends it all when the target is gone", () => {
    const { take, scrape } = scraper({ extraMetrics: true });
    expect(lines(take("a 1\n", 1000).batch).slice(6)).toEqual([
      "scrape_timeout_seconds 10 @1000",
      "scrape_sample_limit 0 @1000",
      "scrape_body_size_bytes 4 @1000",
    ]);
    const ended = lines(scrape.end(9000));
    expect(ended).toHaveLength(9);
    expect(ended.every((line) => line.endsWith("stale @9000"))).toBe(true);
  });

  it("tells metadata when it is new", () => {
    const { take } = scraper();
    const body = "# HELP a Help.\n# TYPE a counter\na 1\n";
    expect(take(body, 1000).batch.metadata).toEqual([{ family: "a", type: "counter", help: "Help.", unit: "" }]);
    expect(take(body, 2000).batch.metadata).toEqual([]);
  });
});

describe("acceptHeader()", () => {
  it("asks as Alloy's scraper asks", () => {
    const protocols = [
      "OpenMetricsText1.0.0",
      "OpenMetricsText0.0.1",
      "PrometheusText1.0.0",
      "PrometheusText0.0.4",
    ] as const;
    expect(acceptHeader(protocols, "underscores")).toBe(
      "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    );
  });
});

describe("negotiateFormat()", () => {
  it.each([
    ["text/plain; version=0.0.4", undefined, { kind: "format", format: "text" }],
    ["application/openmetrics-text", undefined, { kind: "format", format: "openmetrics" }],
    [
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
      undefined,
      { kind: "format", format: "protobuf" },
    ],
    ["", undefined, { kind: "failed" }],
    ["text/html", undefined, { kind: "failed" }],
    [
      "text/html",
      "PrometheusText0.0.4",
      { kind: "format", format: "text", warning: expect.stringContaining("fallback") },
    ],
  ] as const)("judges %j", (contentType, fallback, expected) => {
    expect(negotiateFormat(contentType, fallback)).toMatchObject(expected);
  });
});
