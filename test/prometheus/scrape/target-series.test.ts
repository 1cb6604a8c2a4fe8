import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextParser } from "../../../shared/prometheus/exposition/exposition.ts";
import { LineCache } from "../../../shared/prometheus/exposition/line-cache.ts";
import type { RawSeries } from "../../../shared/prometheus/exposition/raw-series.ts";
import { formatLabels, labelPairs, labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import type { SampleRules } from "../../../shared/prometheus/scrape/scrape-config.ts";
import { createTargetSeriesRegistry } from "../../../shared/prometheus/scrape/target-series.ts";
import type { TargetSeries } from "../../../shared/prometheus/scrape/target-series-table.ts";
import { plainRules } from "../../support/prometheus/scrape-rules.ts";

const rules = { ...plainRules, honorLabels: true, nameScheme: "utf8" } as const;

describe("createTargetSeriesRegistry()", () => {
  it("joins the labels of line and target in order of bytes, whichever way they come, and leaves out empty ones", () => {
    const name = fc.constantFrom("a", "ab", "b", "__name", "_", "zz", "é", "😀", "\uffff", "job", "instance");
    const labels = fc.uniqueArray(fc.tuple(name, fc.constantFrom("", "1", "2")), { selector: ([label]) => label });
    fc.assert(
      fc.property(labels, labels, (own, others) => {
        const target = labelsOf(others);
        const { series } = createTargetSeriesRegistry(target, rules).of({
          name: "m",
          labels: own,
          typed: false,
        });
        // Where both have a label `honor_labels` lets the line's own win, one without a value too.
        expect(series.labels).toEqual(labelsOf([...labelPairs(target), ...own, ["__name__", "m"]]));
      }),
    );
  });

  it("makes the same of the bytes of a line as of its strings, and the same series of both", () => {
    const label = fc.constantFrom("a", "ab", "b", "_", "zz", "job", "A", "le", "quantile", '"a"', '"é"', "__name__");
    const value = fc.constantFrom("", "1", "0.5", "1e3", "+Inf", "\\\\", "\\n", "é", "x".repeat(130), 'q\\"');
    const line = fc.record({
      name: fc.constantFrom("m", "Zm", "m:x", "m".repeat(200)),
      labels: fc.array(fc.tuple(label, value), { maxLength: 6 }),
      type: fc.constantFrom("histogram", "summary", "gauge"),
    });
    const others = fc.uniqueArray(fc.tuple(fc.constantFrom("job", "instance", "B", "a", "zzz"), value), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), others, fc.boolean(), (lines, own, honorLabels) => {
        const text = lines.map(
          ({ name, labels, type }) =>
            `# TYPE ${name} ${type}\n${name}{${labels.map(([key, of]) => `${key}="${of}"`).join()}} 1\n`,
        );
        const read = (change: Partial<SampleRules>): readonly string[] => {
          const registry = createTargetSeriesRegistry(labelsOf(own), { ...rules, honorLabels, ...change });
          const made: string[] = [];
          const series = (raw: RawSeries): TargetSeries => {
            const { series, isNew } = registry.of(raw);
            const strings = registry.of({ name: raw.name, labels: raw.labels, typed: raw.typed });
            made.push(`${formatLabels(series.labels)} ${isNew} ${strings.series === series} ${series.isDropped}`);
            return series;
          };
          const parse = createTextParser("text", new LineCache<TargetSeries>());
          const parsed = parse(Buffer.from(text.join("")), { series, sample: () => {}, gone: () => {} });
          return [...made, parsed.kind === "invalid" ? parsed.reason : ""];
        };
        expect(read({})).toEqual(read({ relabel: createRelabel([], "metrics") }));
      }),
    );
  });

  it("does not take a bound for one in the form of OpenMetrics because another label of two letters had its text", () => {
    const registry = createTargetSeriesRegistry([], rules);
    const made: string[] = [];
    const series = (raw: RawSeries): TargetSeries => {
      const { series } = registry.of(raw);
      made.push(formatLabels(series.labels));
      return series;
    };
    const text = '# TYPE m histogram\nm_bucket{zz="77"} 1\nm_bucket{le="77"} 1\n';
    createTextParser("text", new LineCache<TargetSeries>())(Buffer.from(text), {
      series,
      sample: () => {},
      gone: () => {},
    });
    expect(made).toEqual(['m_bucket{zz="77"}', 'm_bucket{le="77.0"}']);
  });

  it.each([
    [true, 'm{instance="",x="1"}', 'm{job="j", x="1"}'],
    [false, 'm{instance="",x="1"}', 'm{instance="i", job="j", x="1"}'],
    [false, 'm{job="1",a="",a="2"}', 'm{exported_job="1", instance="i", job="j"}'],
    [false, 'm{job="",job="2"}', 'm{instance="i", job="j"}'],
    [true, 'm{a="",a="1"}', 'm{instance="i", job="j"}'],
  ])("joins as Prometheus does with honor_labels = %s: %s", (honorLabels, line, expected) => {
    const registry = createTargetSeriesRegistry(["instance", "i", "job", "j"], { ...rules, honorLabels });
    const made: string[] = [];
    const series = (raw: RawSeries): TargetSeries => {
      const { series } = registry.of(raw);
      made.push(formatLabels(series.labels));
      return series;
    };
    createTextParser("text", new LineCache<TargetSeries>())(Buffer.from(`${line} 1\n`), {
      series,
      sample: () => {},
      gone: () => {},
    });
    expect(made).toEqual([expected]);
  });

  it.each([["__name__"], ["a"]])("refuses a line that says %s twice", (label) => {
    const raw = { name: "m", labels: [["a", "1"] as const, [label, "2"] as const], typed: false };
    expect(() => createTargetSeriesRegistry([], rules).of(raw)).toThrow("is not unique");
  });
});
