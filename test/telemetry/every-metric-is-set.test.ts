import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricTable } from "../../shared/telemetry/metrics/metric-table.ts";
import { bySignal } from "../../shared/telemetry/metrics/otelcol-metrics.ts";

const root = join(import.meta.dirname, "../..");
const quoted = /[`"]([a-z][a-z_]*(?:\$\{[^}`]*\}[a-z_]*)*)[`"]/g;

/** Names in the texts of the product, but for the table and the overview, which reads them; those with a variable as patterns. */
function namesInSource(): { readonly plain: ReadonlySet<string>; readonly patterns: readonly RegExp[] } {
  const plain = new Set<string>();
  const patterns = new Set<string>();
  for (const folder of ["shared", "daemon", "functions", "local"]) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || /^(overview|telemetry\/metrics)\//.test(file)) continue;
      for (const [, name = ""] of readFileSync(join(root, folder, file), "utf8").matchAll(quoted)) {
        if (!name.includes("${")) plain.add(name);
        else if (/[a-z]_|_[a-z]/.test(name)) patterns.add(name.replaceAll(/\$\{[^}]*\}/g, "[a-z_]+"));
      }
    }
  }
  return { plain, patterns: [...patterns].map((pattern) => new RegExp(`^${pattern}$`)) };
}

describe("metricTable", () => {
  it("has no metric that nothing sets: two on the dashboard were documented and always empty", () => {
    const { plain, patterns } = namesInSource();
    const known: readonly string[] = Object.values(bySignal).flatMap((names) => Object.values(names));
    const unset = Object.keys(metricTable).filter(
      (name) => !plain.has(name) && !known.includes(name) && !patterns.some((pattern) => pattern.test(name)),
    );
    expect(unset).toEqual([]);
  });
});
