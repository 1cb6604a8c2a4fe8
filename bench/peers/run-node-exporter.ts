import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { defaultUnixSettings } from "../../shared/prometheus/unix/settings.ts";
import { peers } from "./find-peers.ts";

const program = peers.nodeExporter ?? "";

/** Whether node_exporter was built here. */
export const hasNodeExporter = peers.nodeExporter !== undefined;

export interface NodeExporter {
  readonly pid: number;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts node_exporter on loopback, told to collect as prometheus.exporter.unix does by default; `more` are further flags. */
export async function runNodeExporter(more: readonly string[] = []): Promise<NodeExporter> {
  const port = await freePort();
  const { disk, filesystem, netstatFields } = defaultUnixSettings;
  const flags = [
    `--web.listen-address=127.0.0.1:${port}`,
    "--web.disable-exporter-metrics",
    "--log.level=error",
    "--no-collector.cpu.guest",
    "--no-collector.netdev.netlink",
    "--no-collector.arp.netlink",
    `--collector.diskstats.device-exclude=${disk.exclude}`,
    `--collector.filesystem.mount-points-exclude=${filesystem.mountPointsExclude}`,
    `--collector.filesystem.fs-types-exclude=${filesystem.fsTypesExclude}`,
    `--collector.netstat.fields=${netstatFields}`,
    ...more,
  ];
  const child = spawn(program, flags, { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}/metrics`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: child.pid ?? 0,
    metrics: async () => (await fetch(url)).text(),
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
