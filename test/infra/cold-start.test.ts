import { describe, expect, it } from "vitest";
import { measureColdStarts } from "../../bench/cold-start.ts";
import { maxColdStartRatio, maxPackagedRatio } from "../../infra/artifacts.ts";

describe("a function's start", () => {
  it("stays within its budget, settings read and all", async () => {
    const starts = await measureColdStarts(["ingest", "flush", "replay"], { rounds: 5 });
    const reference = starts.get("SDK clients")?.cpuMs ?? Number.NaN;
    for (const name of ["ingest", "flush", "replay"]) {
      const { cpuMs = Number.NaN } = starts.get(name) ?? {};
      expect(cpuMs / reference, `${name}: ${cpuMs} ms, the SDK clients alone: ${reference} ms`).toBeLessThan(
        maxColdStartRatio,
      );
    }
    for (const name of ["ingest", "flush"]) {
      const [without = Number.NaN, packaged = Number.NaN] = [name, `${name}, packaged`].map(
        (each) => starts.get(each)?.cpuMs,
      );
      const added = packaged - without;
      expect(added / reference, `the pipeline of ${name}: ${added} ms, of ${reference} ms`).toBeLessThan(
        maxPackagedRatio,
      );
    }
  });
});
