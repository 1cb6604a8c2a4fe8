import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { labelPairs, labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel, type RelabelNames } from "../../../shared/prometheus/relabel/relabel.ts";
import type { RelabelRule } from "../../../shared/prometheus/relabel/relabel-rule.ts";
import { compileRelabelRule, type RelabelRuleText } from "../../../shared/prometheus/relabel/relabel-rule.ts";

interface Case {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly RelabelRuleText[];
  readonly expect?: Readonly<Record<string, string>> | null;
  readonly expectMetrics?: Readonly<Record<string, string>> | null;
  readonly error?: string;
}

const path = new URL("../../fixtures/prometheus/relabel.json", import.meta.url);
const numbers = (text: string) => text.replace(/"modulus": (\d{16,})/g, '"modulus": "$1"');
const { cases } = JSON.parse(numbers(readFileSync(path, "utf8"))) as { readonly cases: readonly Case[] };

function run(given: Case, names: RelabelNames): unknown {
  const rules: RelabelRule[] = [];
  for (const [index, { modulus, ...text }] of given.rules.entries()) {
    const compiled = compileRelabelRule({ ...text, ...(modulus !== undefined && { modulus: BigInt(modulus) }) });
    if (compiled.kind === "rejected") {
      return `rule ${index}: ${compiled.message}`;
    }
    rules.push(compiled.rule);
  }
  const labels = createRelabel(rules, names)(labelsOf(Object.entries(given.labels)));
  return labels ? Object.fromEntries(labelPairs(labels)) : null;
}

describe("createRelabel()", () => {
  it.each(cases)("$name", (given) => {
    const { error } = given;
    const targets = run(given, "targets");
    if (error !== undefined) {
      expect(error).toContain(String(targets).replace(/^rule \d+: /, ""));
      return;
    }
    expect(targets).toEqual(given.expect);
    expect(run(given, "metrics")).toEqual(given.expectMetrics === undefined ? given.expect : given.expectMetrics);
  });
});
