import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";

const targets = 12;

/** Processes with one configuration, that share its targets. */
describe("a cluster", () => {
  let nodes: PipelineProcess[];
  let servers: readonly ExpositionServer[];

  beforeEach(async () => {
    nodes = [];
    servers = await Promise.all(Array.from({ length: targets }, () => startExposition("app_up 1\n")));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.end("SIGTERM")));
    await Promise.all(servers.map((server) => server.close()));
  });

  async function start(name: string, ...flags: string[]): Promise<PipelineProcess> {
    const [first] = nodes;
    const place = [`--cluster.node-name=${name}`, "--cluster.enabled", "--cluster.rejoin-interval=200ms", ...flags];
    const join = first ? [`--cluster.join-addresses=${new URL(first.admin).host}`] : [];
    const list = servers.map(({ address }) => `{ __address__ = "${address}" }`).join(", ");
    const config = `
      prometheus.exporter.self "own" { }
      prometheus.scrape "shared" {
        targets         = concat([${list}], prometheus.exporter.self.own.targets)
        forward_to      = [prometheus.echo.out.receiver]
        scrape_interval = "1s"
        scrape_timeout  = "1s"
        clustering { enabled = true }
      }
      prometheus.echo "out" { }`;
    const node = await startPipelineProcess({ config, flags: [...place, ...join, "--stability.level=experimental"] });
    nodes.push(node);
    return node;
  }

  async function scrapedBy(node: PipelineProcess): Promise<readonly string[]> {
    const { text } = await node.page("/api/v0/web/components/prometheus.scrape.shared");
    const urls = [...text.matchAll(/http:\/\/([^"/]+)\//g)].map(([, host]) => host ?? "");
    return [...new Set(urls)].filter((host) => servers.some(({ address }) => address === host)).sort();
  }

  async function shares(): Promise<readonly (readonly string[])[]> {
    return Promise.all(nodes.map(scrapedBy));
  }
  const all = () => servers.map(({ address }) => address).sort();

  it("has each target at one member, and all of them wherever members come, leave and die", async () => {
    const first = await start("a");
    expect(await scrapedBy(first)).toEqual(all());
    await start("b");
    const third = await start("c");
    await expect.poll(async () => (await shares()).flat().sort()).toEqual(all());
    for (const share of await shares()) expect(share.length).toBeLessThan(targets);
    const names = JSON.parse((await first.page("/api/v0/web/peers")).text).map(({ name }: { name: string }) => name);
    expect(names).toEqual(["a", "b", "c"]);
    expect((await first.page("/metrics")).text).toMatch(/cluster_node_peers\{state="participant"\} 3/);

    nodes = nodes.filter((node) => node !== third);
    await third.end("SIGTERM");
    await expect.poll(async () => (await shares()).flat().sort()).toEqual(all());
    const [, second] = nodes;
    nodes = [first];
    await second?.end("SIGKILL");
    await expect.poll(() => scrapedBy(first), { timeout: 10_000 }).toEqual(all());
  });

  it("scrapes what is in the process itself at every member", async () => {
    await start("a");
    await start("b");
    for (const node of nodes) {
      await expect.poll(async () => (await node.page("/metrics")).text).toMatch(/prometheus_forwarded_samples_total/);
      expect((await node.page("/api/v0/web/components/prometheus.scrape.shared")).text).toContain("alloy.internal");
    }
  });

  it("waits for as many members as it is told to", async () => {
    const first = await start("a", "--cluster.wait-for-size=2");
    expect(await scrapedBy(first)).toEqual([]);
    await start("b", "--cluster.wait-for-size=2");
    await expect.poll(async () => (await shares()).flat().sort()).toEqual(all());
  });
});
