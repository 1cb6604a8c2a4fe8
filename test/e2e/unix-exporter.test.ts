import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasNodeExporter, type NodeExporter, runNodeExporter } from "../../bench/peers/run-node-exporter.ts";
import { createHost } from "../../shared/node/procfs/host.ts";
import { selectCollectors } from "../../shared/prometheus/unix/collectors.ts";
import { createGather } from "../../shared/prometheus/unix/gather.ts";
import { compileOptions, defaultUnixSettings } from "../../shared/prometheus/unix/settings.ts";

/** Series that differ for a reason: system calls that Node lacks, facts about the program itself, a value that macOS has. */
const onlyTheirs = /^node_(timex_|exporter_build_info|filesystem_purgeable_bytes)/;
/** node_exporter says 0 when one of the queue's files is missing; the file itself says whether the disk rotates. */
const rotational = /,?rotational="\d"/;

/** Collectors that do not run by default and can be compared. */
const others = [
  "buddyinfo",
  ...(existsSync("/usr/sbin/ethtool") ? ["ethtool"] : []),
  "interrupts",
  "ksmd",
  "processes",
  "slabinfo",
  "softirqs",
  "swap",
  "sysctl",
  "tcpstat",
];
const sysctl = {
  include: ["vm.swappiness", "net.ipv4.tcp_rmem:min,default,max"],
  includeInfo: ["kernel.random.boot_id"],
};

/** What a busy machine moves between two reads. */
const moving =
  /^node_(filefd_allocated|memory|ethtool|vmstat|netstat|sockstat|network|tcp|processes|interrupts|softirqs|buddyinfo|slabinfo)/;

interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: ReadonlyMap<string, number>;
}

describe.skipIf(!hasNodeExporter)("the unix exporter beside node_exporter on this machine", () => {
  let peer: NodeExporter;
  let ours: Exposition;
  let theirs: Exposition;

  beforeAll(async () => {
    peer = await runNodeExporter([
      ...others.map((collector) => `--collector.${collector}`),
      "--collector.sysctl.include=vm.swappiness",
      "--collector.sysctl.include=net.ipv4.tcp_rmem:min,default,max",
      "--collector.sysctl.include-info=kernel.random.boot_id",
    ]);
    const gather = gatherHere();
    await gather();
    // Devices and states that come or go between the two reads are no difference: then both are read again.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const [left, right] = await Promise.all([gather(), peer.metrics()]);
      ours = parse(left);
      theirs = parse(right);
      if (String(seriesOf(ours)) === String(seriesOf(theirs))) break;
    }
  });
  afterAll(() => peer.stop());

  it("has the same families with the same types", () => {
    const families = ({ types }: Exposition) => [...types].filter(([name]) => !onlyTheirs.test(name)).sort();
    expect(families(ours)).toEqual(families(theirs));
  });

  it("has the same series", () => {
    expect(seriesOf(ours)).toEqual(seriesOf(theirs));
  });

  it("has the same values, but for what moved between the two reads", () => {
    const apart = [...theirs.samples].filter(([key, value]) => {
      const own = ours.samples.get(key);
      return own !== undefined && !/scrape_collector|^node_(load|procs_|pressure)/.test(key) && !near(own, value);
    });
    // A busy machine moves a few gauges of memory and counters of the network between the reads.
    expect(apart.filter(([key]) => !moving.test(key))).toEqual([]);
    expect(apart.length).toBeLessThan(theirs.samples.size / 20);
  });

  it("says for each collector whether it worked as node_exporter does, timex aside", () => {
    const success = ({ samples }: Exposition) =>
      [...samples].filter(([key]) => /^node_scrape_collector_success\{(?!collector="timex")/.test(key)).sort();
    expect(success(ours)).toEqual(success(theirs));
    expect(ours.samples.get('node_scrape_collector_success{collector="timex"}')).toBe(0);
  });
});

function gatherHere(): () => Promise<string> {
  const compiled = compileOptions({ ...defaultUnixSettings, sysctl }, true);
  if (compiled.kind !== "options") throw new Error(compiled.message);
  return createGather({
    collectors: selectCollectors({ set: [], enable: others, disable: [] }).selected,
    options: compiled.options,
    host: createHost({ procfs: "/proc", sysfs: "/sys", rootfs: "/", udevData: "/run/udev/data" }),
    elapsedMs: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    onFailure: () => {},
  });
}

function seriesOf({ samples }: Exposition): string[] {
  return [...samples.keys()].filter((key) => !onlyTheirs.test(key)).sort();
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(2, 0.05 * Math.abs(b));
}

function parse(text: string): Exposition {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", type = ""] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== "") types.set(name, type);
    if (line === "" || line.startsWith("#")) continue;
    const blank = line.lastIndexOf(" ");
    samples.set(sorted(line.slice(0, blank)), Number(line.slice(blank + 1)));
  }
  return { types, samples };
}

function sorted(series: string): string {
  const [, name = series, labels = ""] = /^([^{]+)\{(.*)\}$/.exec(series.replace(rotational, "")) ?? [];
  const pairs = labels.match(/\w+="(?:[^"\\]|\\.)*"/g)?.sort() ?? [];
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}
