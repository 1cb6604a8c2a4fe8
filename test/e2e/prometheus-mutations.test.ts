import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { negotiateFormat } from "../../shared/prometheus/scrape/exposition-format.ts";
import { createTargetScrape } from "../../shared/prometheus/scrape/target-scrape.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";
import { plainRules } from "../support/prometheus/scrape-rules.ts";
import { seededRandom } from "../support/seeded-random.ts";

interface Case {
  readonly contentType: string;
  readonly text?: string;
}

const path = new URL("../fixtures/prometheus/exposition.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };
const pieces = [
  ...' \t\n\r{}",=#1-+.e\\_:aé'.split(""),
  ...["NaN", "Inf", "# EOF\n", "# TYPE a counter\n", "# HELP a b\n", "m 1\n", 'm{a="1"} 2\n', 'le="1"', "1e3", "0x1"],
  ...['# {a="b"} 1', " 1000", "\\n", "{}", '{"q"}', "infinity", "1_0", "1e400", "1e-400"],
];
const count = 300;

/** Expositions of the fixtures with some pieces put in or taken out. */
function mutated(): readonly Required<Case>[] {
  const random = seededRandom(20);
  // A series of the name `up` would stand where the verdict does.
  const texts = cases.filter((each) => each.text !== undefined && !each.text.includes("up"));
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, () => {
    const { contentType = "", text: base = "" } = pick(texts) ?? {};
    let text = base;
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
      const at = Math.floor(random() * (text.length + 1));
      const removed = random() < 0.5 ? Math.floor(random() * 3) : 0;
      text = text.slice(0, at) + (random() < 0.75 ? pick(pieces) : "") + text.slice(at + removed);
    }
    return { contentType, text };
  });
}

describe.skipIf(!peers.prometheus)("mutated expositions", () => {
  const given = mutated();
  const asked = new Set<number>();
  const server = createServer((request, response) => {
    const index = Number(request.url?.slice(1));
    asked.add(index);
    response.writeHead(200, { "content-type": given[index]?.contentType ?? "" }).end(given[index]?.text);
  });
  let oracle: PrometheusServer;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const targets = given.map(
      (_, i) => `      - targets: ["${address}"]\n        labels: {instance: "${i}", __metrics_path__: "/${i}"}\n`,
    );
    oracle = await startPrometheus(
      `global: {scrape_interval: 3s, scrape_timeout: 3s}\nscrape_configs:\n  - job_name: j\n    metric_name_validation_scheme: legacy\n    metric_name_escaping_scheme: underscores\n    fallback_scrape_protocol: PrometheusText0.0.4\n    static_configs:\n${targets.join("")}`,
    );
  });

  afterAll(async () => {
    await oracle?.close();
    server.closeAllConnections();
    server.close();
  });

  it("fail where Prometheus' scrape fails and nowhere else, with as many lines read", async () => {
    await expect.poll(() => asked.size, { timeout: 15_000 }).toBe(count);
    await expect.poll(async () => (await oracle.query("up")).size, { timeout: 5_000 }).toBe(count);
    const [up, scraped] = [await oracle.query("up"), await oracle.query("scrape_samples_scraped")];
    const key = (name: string, i: number) => JSON.stringify({ __name__: name, instance: String(i), job: "j" });
    const verdicts = given.map(({ text }, i) => [
      text,
      up.get(key("up", i)),
      scraped.get(key("scrape_samples_scraped", i)),
    ]);
    const ours = given.map(({ contentType, text }, i) => {
      const negotiated = negotiateFormat(contentType, "PrometheusText0.0.4");
      const answer =
        negotiated.kind === "failed"
          ? negotiated
          : ({ kind: "body", body: Buffer.from(text), format: negotiated.format } as const);
      const scrape = createTargetScrape(["instance", String(i), "job", "j"], plainRules);
      const { report } = scrape.take(answer, { timeMs: Date.now(), durationSeconds: 0, timeoutSeconds: 1 });
      return [text, report.up ? "1" : "0", String(report.scraped)];
    });
    expect(ours).toEqual(verdicts);
  });
});
