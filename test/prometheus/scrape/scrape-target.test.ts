import { describe, expect, it } from "vitest";
import { formatPrometheusDuration, parsePrometheusDuration } from "../../../shared/prometheus/prometheus-duration.ts";
import {
  alignedTimeMs,
  makeScrapeTarget,
  type ScrapeJob,
  scrapeOffsetMs,
} from "../../../shared/prometheus/scrape/scrape-target.ts";

const job: ScrapeJob = {
  job: "prometheus.scrape.x",
  scheme: "http",
  metricsPath: "/metrics",
  params: new Map(),
  intervalMs: 60_000,
  timeoutMs: 10_000,
};

function make(labels: Readonly<Record<string, string>>, change: Partial<ScrapeJob> = {}) {
  return makeScrapeTarget(new Map(Object.entries(labels)), { ...job, ...change });
}

describe("makeScrapeTarget()", () => {
  it("fills in what is absent, and keeps what begins with two underscores out of the series", () => {
    expect(make({ __address__: "h:1", __meta_x: "y", __other: "z", env: "prod" })).toMatchObject({
      target: {
        labels: ["env", "prod", "instance", "h:1", "job", "prometheus.scrape.x"],
        url: "http://h:1/metrics",
        intervalMs: 60_000,
        timeoutMs: 10_000,
      },
    });
  });

  it("lets a target's labels decide", () => {
    const labels = {
      __address__: "h",
      __scheme__: "https",
      __metrics_path__: "m",
      __scrape_interval__: "1m30s",
      __scrape_timeout__: "5s",
      __param_module: "b c",
      job: "own",
      instance: "i",
    };
    const params = new Map([
      ["module", ["a", "second"]],
      ["z", ["1"]],
    ]);
    expect(make(labels, { params })).toMatchObject({
      target: {
        labels: ["instance", "i", "job", "own"],
        url: "https://h/m?module=b+c&module=second&z=1",
        intervalMs: 90_000,
        timeoutMs: 5_000,
      },
    });
  });

  it.each([
    [{}, "no address"],
    [{ __address__: "x/y" }, '"x/y" is not a valid hostname'],
    [{ __address__: "h", __scrape_interval__: "0s" }, "scrape interval cannot be 0"],
    [
      { __address__: "h", __scrape_timeout__: "2m" },
      'scrape timeout cannot be greater than scrape interval ("2m" > "1m")',
    ],
    [
      { __address__: "h", __scrape_native_histograms__: "yes" },
      'error parsing scrape native histograms: "yes" is neither true nor false',
    ],
  ])("refuses %j", (labels, reason) => {
    expect(make(labels as Readonly<Record<string, string>>)).toEqual({ kind: "rejected", reason });
  });

  it("takes schemes and hosts that cannot be scraped as Prometheus does: the target is down", () => {
    expect(make({ __address__: "h", __scheme__: "ftp" })).toMatchObject({ target: { url: "ftp://h/metrics" } });
    expect(make({ __address__: "u@h x" })).toMatchObject({ target: { url: "http://u%40h%20x/metrics" } });
    expect(make({ __address__: "h", __metrics_path__: "/(a)" })).toMatchObject({ target: { url: "http://h/%28a%29" } });
  });

  it("reads how histograms of a target are taken", () => {
    const labels = { __address__: "h", __scrape_native_histograms__: "T", __convert_classic_histograms_to_nhcb__: "0" };
    expect(make(labels)).toMatchObject({ target: { histograms: { native: true, convertClassic: false } } });
  });
});

describe("scrapeOffsetMs()", () => {
  it("spreads targets over the interval, the same way each time", () => {
    const offsets = Array.from({ length: 1_000 }, (_, i) => scrapeOffsetMs({ key: `h:${i}`, intervalMs: 10_000 }));
    expect(offsets[7]).toBe(scrapeOffsetMs({ key: "h:7", intervalMs: 10_000 }));
    for (let part = 0; part < 10; part++) {
      expect(offsets.filter((offset) => Math.floor(offset / 1_000) === part).length).toBeGreaterThan(50);
    }
  });
});

describe("alignedTimeMs()", () => {
  it.each([
    [1001.5, 1000, 60_000, 1000],
    [1003, 1000, 60_000, 1003],
    [1001.5, 1000, 100, 1001],
  ])("start %d, schedule %d, interval %d", (start, scheduled, interval, expected) => {
    expect(alignedTimeMs(start, scheduled, interval)).toBe(expected);
  });
});

describe("parsePrometheusDuration()", () => {
  it.each([
    ["1m30s", 90_000, "1m30s"],
    ["2d", 172_800_000, "2d"],
    ["1500ms", 1_500, "1s500ms"],
    ["0", 0, "0s"],
  ])("reads %s", (text, ms, printed) => {
    expect(parsePrometheusDuration(text)).toBe(ms);
    expect(formatPrometheusDuration(ms)).toBe(printed);
  });

  it.each(["", "1", "1.5s", "x", "1s1m"])("refuses %j", (text) => {
    expect(parsePrometheusDuration(text)).toBeUndefined();
  });
});
