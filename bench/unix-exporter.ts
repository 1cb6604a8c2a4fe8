import { readFileSync } from "node:fs";
import { createHost } from "../shared/node/procfs/host.ts";
import { selectCollectors } from "../shared/prometheus/unix/collectors.ts";
import { createGather } from "../shared/prometheus/unix/gather.ts";
import { compileOptions, defaultUnixSettings } from "../shared/prometheus/unix/settings.ts";
import { peers } from "./peers/find-peers.ts";
import { runNodeExporter } from "./peers/run-node-exporter.ts";

// CPU of one scrape of the unix exporter beside node_exporter with the same collectors: rounds of each in turn, medians, spread.
// Ours is the text that the scrape reads in the same process; node_exporter's is the text over HTTP, by a client that is not counted.
const rounds = 7;
const scrapes = 60;
const ticksPerSecond = 100;

const gather = prepare();
const peer = peers.nodeExporter === undefined ? undefined : await runNodeExporter();
for (let warm = 0; warm < 100; warm++) {
  await gather();
  await peer?.metrics();
}
const [ours, theirs]: [number[], number[]] = [[], []];
for (let round = 0; round < rounds; round++) {
  const before = process.cpuUsage();
  for (let scrape = 0; scrape < scrapes; scrape++) await gather();
  const { user, system } = process.cpuUsage(before);
  ours.push((user + system) / 1000 / scrapes);
  if (!peer) continue;
  const began = cpuMs(peer.pid);
  for (let scrape = 0; scrape < scrapes; scrape++) await peer.metrics();
  theirs.push((cpuMs(peer.pid) - began) / scrapes);
}
console.log("\nunix exporter: CPU of one scrape");
print("sluice", ours);
if (peer) print("node_exporter", theirs);
else console.log("  node_exporter is absent: bench/peers/install.sh builds it");
await peer?.stop();

function prepare(): () => Promise<string> {
  const compiled = compileOptions(defaultUnixSettings, true);
  if (compiled.kind !== "options") throw new Error(compiled.message);
  const disable = ["timex"];
  return createGather({
    collectors: selectCollectors({ set: [], enable: [], disable }).selected,
    options: compiled.options,
    host: createHost({ procfs: "/proc", sysfs: "/sys", rootfs: "/", udevData: "/run/udev/data" }),
    elapsedMs: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    onFailure: () => {},
  });
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

function print(name: string, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => (sorted[index] ?? 0).toFixed(2);
  const middle = Math.floor(sorted.length / 2);
  console.log(`  ${name.padEnd(14)} ${at(middle)} ms (${at(0)} to ${at(sorted.length - 1)})`);
}
