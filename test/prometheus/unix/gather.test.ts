import { describe, expect, it } from "vitest";
import { selectCollectors } from "../../../shared/prometheus/unix/collectors.ts";
import { type CollectorFailure, createGather } from "../../../shared/prometheus/unix/gather.ts";
import { compileOptions, defaultUnixSettings } from "../../../shared/prometheus/unix/settings.ts";
import { type Files, fakeHost } from "../../support/prometheus/fake-host.ts";

describe("selectCollectors()", () => {
  const names = (over: Partial<Record<"set" | "enable" | "disable", string[]>>) => {
    const { selected, unknown } = selectCollectors({ set: [], enable: [], disable: [], ...over });
    return { selected: selected.map(({ name }) => name), unknown };
  };

  it("runs what node_exporter runs by default", () => {
    const { selected } = names({});
    expect(selected).toContain("cpu");
    expect(selected).not.toContain("ethtool");
    expect(selected.length).toBeGreaterThan(40);
  });

  it("starts from the set, adds, then takes away", () => {
    const { selected, unknown } = names({ set: ["cpu", "loadavg"], enable: ["ethtool", "nope"], disable: ["cpu"] });
    expect(selected).toEqual(["ethtool", "loadavg"]);
    expect(unknown).toEqual(["nope"]);
  });
});

describe("createGather()", () => {
  function stand(set: string[], files: Files) {
    const compiled = compileOptions(defaultUnixSettings, false);
    if (compiled.kind !== "options") throw new Error(compiled.message);
    const failures: CollectorFailure[] = [];
    let time = 0;
    let pauses = 0;
    const gather = createGather({
      collectors: selectCollectors({ set, enable: [], disable: [] }).selected,
      options: compiled.options,
      host: fakeHost(files),
      elapsedMs: () => {
        time += 3;
        return time;
      },
      pause: async () => {
        pauses += 1;
      },
      onFailure: (failure) => failures.push(failure),
    });
    return { gather, failures, pauses: () => pauses };
  }

  it("reports each collector's time and success beside its samples", async () => {
    const { gather } = stand(["loadavg", "meminfo"], { "proc/loadavg": "1 2 3" });
    const text = await gather();
    expect(text).toContain('node_scrape_collector_duration_seconds{collector="loadavg"} 0.003\n');
    expect(text).toContain('node_scrape_collector_success{collector="loadavg"} 1\n');
    expect(text).toContain('node_scrape_collector_success{collector="meminfo"} 0\n');
    expect(text).toContain("# TYPE node_load1 gauge\nnode_load1 1\n");
  });

  it("tells a failure once and what cannot work here as such", async () => {
    const { gather, failures } = stand(["meminfo", "timex", "nvme"], {});
    await gather();
    await gather();
    expect(failures).toEqual([
      { collector: "meminfo", reason: "/proc/meminfo is missing", unsupported: false },
      {
        collector: "timex",
        reason: "it needs system calls that are not available without native code",
        unsupported: true,
      },
    ]);
  });

  it("does not complain about what the machine does not have", async () => {
    const { gather, failures } = stand(["btrfs", "xfs", "zfs", "infiniband"], { "sys/fs/xfs/stats/stats": "" });
    const text = await gather();
    expect(failures).toEqual([]);
    expect(text).toContain('node_scrape_collector_success{collector="xfs"} 1\n');
    expect(text).toContain('node_scrape_collector_success{collector="zfs"} 0\n');
  });

  it("lets other work run between collectors", async () => {
    const { gather, pauses } = stand(["loadavg", "meminfo", "stat", "vmstat"], {});
    await gather();
    expect(pauses()).toBeGreaterThan(1);
  });
});

describe("compileOptions()", () => {
  it("refuses a pattern in Go's words", () => {
    expect(compileOptions({ ...defaultUnixSettings, vmstatFields: "(" }, true)).toEqual({
      kind: "rejected",
      message: expect.stringContaining("error parsing regexp: missing closing )"),
    });
  });
});
