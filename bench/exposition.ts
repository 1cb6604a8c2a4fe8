import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../shared/node/system-clock.ts";
import { createTextParser } from "../shared/prometheus/exposition/exposition.ts";
import { LineCache } from "../shared/prometheus/exposition/line-cache.ts";
import type { RawSeries } from "../shared/prometheus/exposition/raw-series.ts";
import { createWriteSeriesTable } from "../shared/prometheus/remote-write/write-series.ts";
import { createWriteShards } from "../shared/prometheus/remote-write/write-shards.ts";
import { createTargetScrape } from "../shared/prometheus/scrape/target-scrape.ts";
import { createTargetSeriesRegistry } from "../shared/prometheus/scrape/target-series.ts";
import type { TargetSeries } from "../shared/prometheus/scrape/target-series-table.ts";
import { plainRules } from "../test/support/prometheus/scrape-rules.ts";
import { bench } from "./harness.ts";
import { makeExposition } from "./scraping/exposition.ts";

const SERIES = 10_000;
const bodies = Array.from({ length: 8 }, (_, tick) => makeExposition(SERIES, tick + 1));
const bytes = bodies[0]?.length ?? 0;

function next(): Buffer {
  bodies.push(bodies.shift() as Buffer);
  return bodies[0] as Buffer;
}

const target = ["instance", "h:1", "job", "j"];
const nothing = { sample: () => {}, gone: () => {} };

const rules = { ...plainRules, histograms: { native: true, classicToo: false, buckets: 0, maxSchema: 8 } } as const;

/** Makes the series of new lines: labels of line and target, joined, in order, encoded. */
function parserWithSeries(): (body: Buffer) => void {
  const registry = createTargetSeriesRegistry(target, rules);
  const parse = createTextParser("text", new LineCache<TargetSeries>());
  return (body) => void parse(body, { ...nothing, series: (raw: RawSeries) => registry.of(raw).series });
}

function scrapeAndEncode(): () => Promise<void> {
  const scrape = createTargetScrape(target, rules);
  const table = createWriteSeriesTable({ externalLabels: [] });
  const write = createWriteShards({
    table,
    shards: 1,
    maxSamples: 2_000,
    maxDelayMs: 1_000,
    sendExemplars: true,
    sendHistograms: false,
    maxAgeMs: 0,
    clock: systemClock,
    append: async () => {},
    dropped: () => {},
  });
  let timeMs = 1_700_000_000_000;
  return async () => {
    timeMs += 15_000;
    const answer = { kind: "body", body: next(), format: "text" } as const;
    const { batch } = scrape.take(answer, { timeMs, durationSeconds: 0.1, timeoutSeconds: 10 });
    const written = write.consume(batch);
    await write.flush();
    await written;
  };
}

const speeds = await bench(import.meta.url, {
  milliseconds: 1_200,
  rounds: 3,
  title: `Exposition of ${SERIES} series, text 0.0.4 (MB of exposition a second)`,
  cases: {
    parse: () => {
      const warm = parserWithSeries();
      return {
        bytes,
        contenders: {
          "lines seen before": () => warm(next()),
          "all lines new": () => parserWithSeries()(next()),
        },
      };
    },
    "parse, stale, encode": () => ({ bytes, contenders: { "scrape to write request": scrapeAndEncode() } }),
  },
});

for (const [name, contenders] of Object.entries(speeds)) {
  for (const [contender, speed] of Object.entries(contenders)) {
    console.log(`    ${name}, ${contender}: ${((bytes / SERIES / speed) * 1_000).toFixed(0)} ns a sample`);
  }
}
comparePrometheus();

/** Prometheus' own parser on the same text, where Go and its modules are at hand (bench/peers/textparse). */
function comparePrometheus(): void {
  const directory = mkdtempSync(join(tmpdir(), "exposition-"));
  const file = join(directory, "body.txt");
  writeFileSync(file, bodies[0] as Buffer);
  try {
    const text = execFileSync("go", ["run", ".", file], {
      cwd: join(import.meta.dirname, "peers/textparse"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 120_000,
    });
    console.log(text.trimEnd());
  } catch {
    console.log("    Prometheus' parser: skipped, Go or its modules are not here (bench/peers/install.sh)");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
