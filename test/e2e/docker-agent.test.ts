import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";

/** The metrics of an agent on a Docker host: its own, its containers', and those that containers serve. */
const config = `
prometheus.exporter.unix "node" {
  disable_collectors = ["mdadm", "timex"]
}
discovery.relabel "node" {
  targets = prometheus.exporter.unix.node.targets
  rule {
    target_label = "job"
    replacement  = sys.env("SERVER_NAME") + "-node-exporter"
  }
}
prometheus.scrape "node" {
  targets         = discovery.relabel.node.output
  forward_to      = [prometheus.remote_write.default.receiver]
  scrape_interval = "1s"
  scrape_timeout  = "1s"
}
discovery.docker "containers" {
  host             = sys.env("DOCKER_HOST")
  refresh_interval = "1s"
}
discovery.relabel "containers" {
  targets = discovery.docker.containers.targets
  rule {
    source_labels = ["__meta_docker_container_name"]
    regex         = "/(.*)"
    target_label  = "container_name"
  }
}
prometheus.scrape "docker" {
  targets         = discovery.relabel.containers.output
  forward_to      = [prometheus.remote_write.default.receiver]
  job_name        = "srv1-docker"
  scrape_interval = "1s"
  scrape_timeout  = "1s"
}
prometheus.exporter.cadvisor "containers" {
  docker_host = sys.env("DOCKER_HOST")
}
prometheus.scrape "cadvisor" {
  targets         = prometheus.exporter.cadvisor.containers.targets
  forward_to      = [prometheus.remote_write.default.receiver]
  scrape_interval = "1s"
  scrape_timeout  = "1s"
}
prometheus.remote_write "default" {
  endpoint {
    url = sys.env("PROMETHEUS") + "/api/v1/write"
    queue_config { batch_send_deadline = "100ms" }
  }
}
`;

describe.skipIf(!canRunDockerd || !peers.prometheus)("the metrics of an agent on a Docker host", () => {
  let engine: Dockerd;
  let prometheus: PrometheusServer;
  let pipeline: PipelineProcess;

  beforeAll(async () => {
    engine = await startDockerd();
    prometheus = await startPrometheus();
    engine.docker("network", "create", "app");
    const serve = "mkdir -p /www; echo 'app_requests_total 7' > /www/metrics; httpd -f -p 8080 -h /www";
    engine.docker("run", "-d", "--name", "web", "--network", "app", "--expose", "8080", "box", "sh", "-c", serve);
    const env = { SERVER_NAME: "srv1", DOCKER_HOST: engine.host, PROMETHEUS: prometheus.url };
    pipeline = await startPipelineProcess({ config, env });
  });
  afterAll(async () => {
    await pipeline?.end("SIGTERM");
    await prometheus?.close();
    await engine?.stop();
  });

  const values = async (query: string) => [...(await prometheus.query(query)).values()];

  it("answers the query that the operator verifies with", async () => {
    await expect.poll(() => values('up{job="srv1-node-exporter"}')).toEqual(["1"]);
    expect(await values('node_scrape_collector_success{collector="cpu"}')).toEqual(["1"]);
    expect((await values('node_cpu_seconds_total{mode="idle"}')).length).toBeGreaterThan(0);
    expect(Number((await values("node_memory_MemTotal_bytes"))[0])).toBeGreaterThan(1e8);
  });

  it("scrapes what a container serves, under the container's name", async () => {
    await expect.poll(() => values('app_requests_total{job="srv1-docker",container_name="web"}')).toEqual(["7"]);
  });

  it("has what containers use", async () => {
    await expect.poll(() => values('container_memory_usage_bytes{name="web"}')).toHaveLength(1);
    expect(await values('container_network_receive_bytes_total{name="web",interface="eth0"}')).toHaveLength(1);
  });

  it("forgets a container that is gone", async () => {
    engine.docker("rm", "--force", "web");
    await expect.poll(() => values('app_requests_total{job="srv1-docker"}')).toEqual([]);
    await expect.poll(() => values('container_memory_usage_bytes{name="web"}')).toEqual([]);
  });
});
