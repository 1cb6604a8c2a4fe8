import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { peers } from "../../bench/peers/find-peers.ts";
import { alerts } from "../../infra/grafana/alerts.ts";
import { panelRows } from "../../infra/grafana/panels.ts";
import { renderAlerts, renderDashboard } from "../../infra/grafana/render.ts";
import { metricTable } from "../../shared/telemetry/metrics/metric-table.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { startFakeLoki } from "../support/loki/fake-loki.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-grafana-"));
const rules = join(folder, "alerts.yml");
const expressions = [
  ...panelRows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expression }) => expression))),
  ...alerts.map(({ expression }) => expression),
];
const metricName = /\b(?:sluice|alloy|loki|prometheus|otelcol|process)_\w+/g;

beforeAll(() => writeFileSync(rules, renderAlerts()));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the dashboard and the alerts", () => {
  it("ask for metrics that there are, by labels that they have", () => {
    for (const expression of expressions) {
      for (const [name] of expression.matchAll(metricName))
        expect(metricTable).toHaveProperty(name.replace(/_bucket$/, ""));
    }
    const labels: Readonly<Record<string, { readonly labels: readonly string[] }>> = metricTable;
    for (const expression of expressions) {
      const [by] = [...expression.matchAll(/by \(([^)]*)\)/g)].map(([, found = ""]) => found.split(", "));
      const [name = ""] = expression.match(metricName) ?? [];
      const known = [...(labels[name.replace(/_bucket$/, "")]?.labels ?? []), "le", "job", "instance"];
      expect(known, expression).toEqual(expect.arrayContaining(by ?? []));
    }
  });

  it("point to a section of docs/troubleshooting.md each", () => {
    const headings = readFileSync("docs/troubleshooting.md", "utf8").match(/^## .*$/gm) ?? [];
    const anchors = headings.map((heading) =>
      heading
        .slice(3)
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const { runbook } of alerts) expect(anchors).toContain(runbook);
  });

  it("do not overlap", () => {
    const { panels } = JSON.parse(renderDashboard());
    const places = panels.map(({ gridPos: { x, y } }: { gridPos: { x: number; y: number } }) => `${x},${y}`);
    expect(new Set(places).size).toBe(panels.length);
  });

  it.skipIf(!peers.promtool)(
    "are rules that promtool takes, and that fire when they should (skipped without promtool)",
    () => {
      const promtool = (...words: string[]) =>
        execFileSync(peers.promtool ?? "", words, { encoding: "utf8", cwd: folder });
      expect(promtool("check", "rules", rules)).toContain(`${alerts.length} rules found`);
      writeFileSync(join(folder, "test.yml"), stringify(ruleTests));
      expect(promtool("test", "rules", "test.yml")).toContain("SUCCESS");
    },
  );
});

describe.skipIf(!peers.prometheus)("a Prometheus that scrapes the daemon (skipped without Prometheus)", () => {
  let prometheus: PrometheusServer;
  let pipeline: PipelineProcess;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const loki = await startFakeLoki();
    close = loki.close;
    const log = join(folder, "app.log");
    writeFileSync(log, "one\ntwo\n");
    const receiver = await startPrometheus();
    pipeline = await startPipelineProcess({ config: agent(log, loki.url, receiver.url) });
    const scrape = `{job_name: sluice, static_configs: [{targets: ["${new URL(pipeline.admin).host}"]}]}`;
    prometheus = await startPrometheus(
      `global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ["${rules}"]\nscrape_configs: [${scrape}]\n`,
    );
    close = async () => {
      await loki.close();
      await receiver.close();
    };
  });
  afterAll(async () => {
    await prometheus?.close();
    await pipeline?.end("SIGTERM");
    await close?.();
  });

  it("answers every query of the dashboard, and most of them with values", async () => {
    await expect
      .poll(async () => (await prometheus.query("loki_source_file_read_lines_total")).size)
      .toBeGreaterThan(0);
    const queries = JSON.parse(renderDashboard()).panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    );
    const isAnswered = async (query: string) => (await prometheus.query(filledIn(query))).size > 0;
    for (const query of queries) await expect(isAnswered(query), query).resolves.toBeTypeOf("boolean");
    // What counts faults has no series before the first one.
    const always = queries.filter((query: string) =>
      /storage_(bytes|oldest|max|free)|running_components|resident|cpu_seconds|build_info|read_lines/.test(query),
    );
    expect(always.length).toBeGreaterThan(7);
    for (const query of always) await expect.poll(() => isAnswered(query), { message: query }).toBe(true);
  });

  it("evaluates every rule without an error, and none fires on a daemon that is well", async () => {
    const asked = async () => {
      const answer = await fetch(`${prometheus.url}/api/v1/rules`);
      const { data } = (await answer.json()) as RuleState;
      return data.groups.flatMap((group) => group.rules.map(({ name, health, state }) => `${name} ${health} ${state}`));
    };
    await expect.poll(asked).toEqual(alerts.map(({ name }) => `${name} ok inactive`));
  });
});

/** What `/api/v1/rules` says, as far as it is looked at. */
interface RuleState {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
    }[];
  };
}

function filledIn(query: string): string {
  return query.replaceAll("$job", ".*").replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m");
}

function agent(log: string, loki: string, prometheus: string): string {
  return `
prometheus.exporter.unix "host" { }
prometheus.scrape "host" {
  targets         = prometheus.exporter.unix.host.targets
  scrape_interval = "1s"
  scrape_timeout  = "1s"
  forward_to      = [prometheus.remote_write.here.receiver]
}
prometheus.remote_write "here" {
  endpoint { url = "${prometheus}/api/v1/write" }
}
loki.source.file "app" {
  targets    = [{"__path__" = "${log}"}]
  forward_to = [loki.write.here.receiver]
}
loki.write "here" {
  endpoint { url = "${loki}/loki/api/v1/push" }
}
`;
}

const labels = 'job="sluice", instance="host"';

/** Unit tests of the rules, in promtool's own form. */
const ruleTests = {
  rule_files: ["alerts.yml"],
  evaluation_interval: "1m",
  tests: [
    {
      interval: "1m",
      input_series: [
        { series: `sluice_destination_up{${labels}, destination="cloud"}`, values: "1x4 0x30" },
        {
          series: `sluice_dead_lettered_items_total{${labels}, destination="cloud", signal="logs", reason="rejected"}`,
          values: "0x4 3x30",
        },
        { series: `sluice_storage_bytes{${labels}, queue="a"}`, values: "50x30" },
        { series: `sluice_storage_bytes{${labels}, queue="b"}`, values: "40x30" },
        { series: `sluice_storage_max_bytes{${labels}}`, values: "100x30" },
        { series: `sluice_storage_oldest_seconds{${labels}, queue="dead-letters"}`, values: "9999x30" },
      ],
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: "12m",
          exp_samples: ["SluiceDestinationDown", "SluiceDeadLetters", "SluiceStorageAlmostFull"].map((name) => ({
            labels: `{alertname="${name}"}`,
            value: 1,
          })),
        },
      ],
    },
  ],
};
