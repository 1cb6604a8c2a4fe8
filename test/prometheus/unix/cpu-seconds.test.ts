import { describe, expect, it } from "vitest";
import { createCpuSeconds } from "../../../shared/prometheus/unix/cpu-seconds.ts";

describe("createCpuSeconds()", () => {
  const stat = (cpus: Record<number, number>) =>
    Object.entries(cpus)
      .map(([cpu, idle]) => `cpu${cpu} 100 0 0 ${idle * 100} 700 0 0 0 0 0`)
      .join("\n");
  const idle = (seconds: ReadonlyMap<string, readonly number[]>) =>
    [...seconds].map(([cpu, values]) => [cpu, values[3]]);

  it("does not let a counter go backwards", () => {
    const read = createCpuSeconds();
    read(stat({ 0: 500 }));
    expect(idle(read(stat({ 0: 498 })))).toEqual([["0", 500]]);
    expect(idle(read(stat({ 0: 501 })))).toEqual([["0", 501]]);
  });

  it("starts again when the CPU was unplugged", () => {
    const read = createCpuSeconds();
    read(stat({ 0: 500 }));
    expect(idle(read(stat({ 0: 2 })))).toEqual([["0", 2]]);
  });

  it("forgets a CPU that is gone", () => {
    const read = createCpuSeconds();
    read(stat({ 0: 1, 1: 1 }));
    expect(idle(read(stat({ 1: 2 })))).toEqual([["1", 2]]);
  });
});
