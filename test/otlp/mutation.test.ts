import { describe, expect, it } from "vitest";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { fuzzTargets } from "../support/fuzz/targets.ts";

const casesOf: Readonly<Record<string, number>> = { wire: 150_000, transcode: 60_000, ingest: 20_000 };

// The same cases in every run; `npm run fuzz` tries others.
describe("mutated requests", () => {
  it.each(Object.entries(fuzzTargets))(
    "break no promise of the target %s",
    { timeout: 120_000 },
    async (name, create) => {
      const cases = casesOf[name] ?? 10_000;
      const report = await fuzz(await create(), 1, (progress) => progress.cases >= cases);
      expect(report.findings).toEqual([]);
      expect(report.cases).toBe(cases);
      // Mutations that only ever break requests would prove little.
      expect(report.accepted).toBeGreaterThan(cases / 50);
      expect(report.slowest.ms).toBeLessThan(2000);
    },
  );
});
