import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { objectsCost, objectsCostTable } from "../../bench/costs/objects.ts";

describe("objectsCostTable()", () => {
  it("is the table of docs/aws-sources.md", () => {
    const page = readFileSync(new URL("../../docs/aws-sources.md", import.meta.url), "utf8");
    expect(page).toContain(objectsCostTable());
  });
});

describe("objectsCost()", () => {
  it("grows with the records, and with the number of objects that they are in", () => {
    const sum = (records: number, size: number) =>
      Object.values(objectsCost(records, size)).reduce((all, each) => all + each);
    expect(sum(2e8, 1000)).toBeGreaterThan(sum(1e8, 1000));
    expect(sum(1e8, 100)).toBeGreaterThan(sum(1e8, 1000));
  });
});
