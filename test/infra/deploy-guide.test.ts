import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costTable, loads, monthlyCost } from "../../bench/cost.ts";
import { metricStreamCostTable } from "../../bench/costs/firehose.ts";
import { subscriptionCostTable } from "../../bench/costs/logs.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const guide = read("docs/deploy.md");

describe("docs/deploy.md", () => {
  it("explains every parameter, and no other", () => {
    const declared = [
      read("infra/parameters.yml"),
      read("infra/logs.yml"),
      read("infra/ingress-rules.cjs"),
      read("serverless.yml"),
    ].flatMap((text) => [...text.matchAll(/param:(\w+)/g)].map(([, name]) => name));
    const table = guide.slice(guide.indexOf("## Parameters"), guide.indexOf("## What it costs"));
    const explained = [...table.matchAll(/^[|] (`.*?`) [|]/gm)].flatMap(([, cell]) => [
      ...(cell ?? "").matchAll(/`(\w+)`/g),
    ]);
    expect(new Set(explained.map(([, name]) => name))).toEqual(new Set(declared));
  });

  it("shows the costs that the model computes", () => {
    expect(guide).toContain(costTable());
    expect(read("docs/aws-sources.md")).toContain(metricStreamCostTable());
    expect(read("docs/aws-sources.md")).toContain(subscriptionCostTable());
  });
});

describe("monthlyCost()", () => {
  it("grows with the load, and has a floor of one load balancer", () => {
    const totals = loads.map((load) => Object.values(monthlyCost(load)).reduce((sum, each) => sum + each, 0));
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
    expect(monthlyCost({ name: "idle", requestsPerSecond: 0, requestBytes: 0 })).toMatchObject({
      "load balancer": 16.425,
      ingest: 0,
      queue: 0,
      egress: 0,
    });
  });
});
