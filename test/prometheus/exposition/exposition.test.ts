import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextParser, type TextFormat } from "../../../shared/prometheus/exposition/exposition.ts";
import { LineCache } from "../../../shared/prometheus/exposition/line-cache.ts";
import type { RawSeries } from "../../../shared/prometheus/exposition/raw-series.ts";
import { SeriesRefused } from "../../../shared/prometheus/exposition/series-text.ts";
import { formatGoFloat } from "../../../shared/prometheus/go-float.ts";

interface Case {
  readonly name: string;
  readonly contentType: string;
  readonly text?: string;
  readonly base64?: string;
  readonly expect: readonly Readonly<Record<string, unknown>>[];
  readonly error?: string;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../fixtures/prometheus/exposition.json", import.meta.url), "utf8"),
) as {
  readonly cases: readonly Case[];
};

function read(parse: ReturnType<typeof createTextParser<RawSeries>>, body: Uint8Array) {
  const entries: Record<string, unknown>[] = [];
  let made = 0;
  const parsed = parse(body, {
    series: (raw) => {
      const copy = kept(raw);
      made++;
      return copy;
    },
    sample: ({ name, labels }, { value, timeMs }) => {
      entries.push({
        labels: { __name__: name, ...Object.fromEntries(labels) },
        value: formatGoFloat(value),
        ...(!Number.isNaN(timeMs) && { timestampMs: String(timeMs) }),
      });
    },
    exemplar: ({ labels, value, timeMs }) => {
      const pairs = labels.flatMap((text, i) => (i % 2 === 0 ? [[text, labels[i + 1]]] : []));
      const exemplar = {
        labels: Object.fromEntries(pairs),
        value: formatGoFloat(value),
        ...(timeMs !== undefined && { timestampMs: String(timeMs) }),
      };
      Object.assign(entries.at(-1) ?? {}, { exemplar });
    },
    metadata: (line) => {
      if (line.kind === "type") {
        entries.push({ family: line.family, type: line.type });
      } else if (line.kind === "help" || line.kind === "unit") {
        entries.push({ family: line.family, [line.kind]: line.text });
      }
    },
    gone: () => {},
  });
  return { entries, parsed, made };
}

/** What a line said: itself it is valid only while it is told. */
function kept({ name, labels, typed }: RawSeries): RawSeries {
  return { name, labels, typed };
}

function parserOf(format: TextFormat) {
  return createTextParser<RawSeries>(format, new LineCache());
}

describe("createTextParser()", () => {
  const usable = cases.filter(({ contentType }) => /^(text\/plain|application\/openmetrics-text)/.test(contentType));
  it.each(usable)("$name", (given) => {
    const body = given.base64 === undefined ? Buffer.from(given.text ?? "") : Buffer.from(given.base64, "base64");
    const parse = parserOf(given.contentType.startsWith("text") ? "text" : "openmetrics");
    const expected = given.expect
      .filter((entry) => !("comment" in entry))
      .map(({ duplicateLabel: _, ...entry }) => entry);
    const first = read(parse, body);
    expect(first.entries).toEqual(expected);
    expect(first.parsed.kind).toBe(given.error === undefined ? "parsed" : "invalid");
    const again = read(parse, body);
    const samples = (entries: readonly object[]) => entries.filter((entry) => "value" in entry);
    expect(samples(again.entries)).toEqual(samples(expected));
    expect(again.parsed.kind).toBe(first.parsed.kind);
    expect(again.made).toBe(0);
  });

  it("finds lines in another order, tells which have gone, and reads a family again whose type changed", () => {
    const parse = parserOf("text");
    const gone: string[] = [];
    const seen: string[] = [];
    const sink = {
      series: kept,
      sample: (raw: RawSeries, { value }: { value: number }) =>
        void seen.push(`${raw.name}${raw.labels.flat().join()}=${value}`),
      gone: (raw: RawSeries) => void gone.push(raw.name),
    };
    parse(Buffer.from('# TYPE h histogram\nh{le="1"} 1\na 1\nb 1\nab 1\n'), sink);
    parse(Buffer.from('# TYPE h gauge\nh{le="1"} 2\nab 2\na 2\nc 2\n'), sink);
    expect(seen).toEqual(["hle,1.0=1", "a=1", "b=1", "ab=1", "hle,1=2", "ab=2", "a=2", "c=2"]);
    expect(gone.sort()).toEqual(["b", "h"]);
  });

  // Verdicts of Prometheus 3.13, which scraped these.
  it.each([
    ["text", "m 1\n \0n 2\n", "parsed", 1],
    ["text", "\n\0{", "parsed", 0],
    ["text", 'm 1\n{"a,b"}0x11\n', "invalid", 1],
    ["openmetrics", "n 1\nm 1 5 6\n# EOF\n", "invalid", 1],
    ["openmetrics", "n 1\nm 1 5 \n# EOF\n", "invalid", 1],
    ["openmetrics", "n 1\nm 1 #\n# EOF\n", "invalid", 1],
    ["openmetrics", "m 1\n\0# EOF\n", "invalid", 1],
    // Verdicts of its parsers alone (bench/exposition-verdicts.ts).
    ["text", "m 1\n#x\0\n{", "parsed", 1],
    ["text", "m 1\n# \0\n{", "parsed", 1],
    ["text", "# x\0y\nm 1\n", "parsed", 1],
    ["text", "# HELP m\0 x\nm 1\n", "invalid", 0],
    ["text", '{"a\0b"} 1\n', "invalid", 0],
    ["text", 'm{a="x"\0,b="y"} 1\n', "parsed", 1],
    ["text", '# TYPE "a\nb" gauge\nm 1\n', "parsed", 1],
    ["text", "m 1 9223372036854775807\n", "parsed", 1],
    ["text", "m 1 9223372036854775808\n", "invalid", 0],
    ["text", 'm{a="x\\\0\\"} 1\n', "parsed", 1],
    ["openmetrics", "# TYPE \0m gauge\nm 1\n# E\0OF\0\n", "parsed", 1],
    ["openmetrics", "m 1\n# EOF\n\0", "parsed", 1],
    ["openmetrics", "m 1 1.5e19\n# EOF\n", "parsed", 1],
    ["openmetrics", 'm 1 # {a="x\0"} 1\n# EOF\n', "invalid", 0],
  ] as const)("of %s takes %j as Prometheus does", (format, body, kind, samples) => {
    const parse = createTextParser(format, new LineCache<RawSeries>());
    const series = (raw: RawSeries): RawSeries => {
      if (raw.name === "a,b") throw new SeriesRefused("invalid name");
      return kept(raw);
    };
    expect(parse(Buffer.from(body), { series, sample: () => {}, gone: () => {} })).toMatchObject({ kind, samples });
  });

  it("does not take a name for one that begins with it", () => {
    const parse = parserOf("text");
    read(parse, Buffer.from("a 1\n"));
    expect(read(parse, Buffer.from('a{x="1"} 2\nab 3\na {y="1"} 4\n')).entries.map((entry) => entry.labels)).toEqual([
      { __name__: "a", x: "1" },
      { __name__: "ab" },
      { __name__: "a", y: "1" },
    ]);
  });

  it("never throws, whatever the bytes", () => {
    const bytes = fc.array(fc.constantFrom(...'m1{}="a\\\n ,#TYPEHELP.eN\xff\t-+'.split("")), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.constantFrom<TextFormat>("text", "openmetrics"), (chars, format) => {
        const parse = parserOf(format);
        const body = Buffer.from(chars.join(""), "latin1");
        const first = read(parse, body);
        const again = read(parse, body);
        expect(again.parsed).toEqual(first.parsed);
      }),
      { numRuns: 3_000 },
    );
  });

  it("remembers what it saw through churn", () => {
    const parse = parserOf("text");
    for (let round = 0; round < 30; round++) {
      const lines = Array.from({ length: 1_000 }, (_, i) => `m{i="${i + round * 100}"} ${i}\n`).join("");
      const { parsed, made } = read(parse, Buffer.from(lines));
      expect(parsed).toEqual({ kind: "parsed", samples: 1_000 });
      expect(made).toBe(round === 0 ? 1_000 : 100);
    }
  });
});
