import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../../bench/peers/find-peers.ts";
import { composeRun } from "../../support/docker/compose.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../../support/docker/dockerd.ts";
import { buildSluiceImage } from "../../support/docker/sluice-image.ts";
import { freePort } from "../../support/free-port.ts";
import { type FakeLoki, startFakeLoki } from "../../support/loki/fake-loki.ts";
import { type ExpositionServer, startExposition } from "../../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../../support/prometheus/prometheus-server.ts";

const example = join(import.meta.dirname, "../../../examples/docker-agent");
const printed = join(import.meta.dirname, "../../fixtures/seeds/docker-agent.alloy.tmpl");
const password = "metrics-password-1";

// No compose engine is here: the compose file is translated key by key into `docker run` (test/support/docker/compose.ts).
describe.skipIf(!canRunDockerd || !peers.prometheus)(
  "the seed docker-agent (skipped without dockerd, root, Prometheus)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-seed-"));
    let engine: Dockerd;
    let prometheus: PrometheusServer;
    let loki: FakeLoki;
    let app: ExpositionServer;
    let kafka: readonly ExpositionServer[];
    let admin: string;

    beforeAll(async () => {
      engine = await startDockerd("overlay2");
      await buildSluiceImage(engine);
      prometheus = await startPrometheus();
      loki = await startFakeLoki();
      app = await startExposition("app_requests_total 7\n");
      kafka = await Promise.all(
        ["1", "2", "3"].map((id) => startExposition(`kafka_server_broker_state{id="${id}"} 3\n`)),
      );
      engine.docker("network", "create", "app");
      const serve = "mkdir -p /www; echo 'web_requests_total 5' > /www/metrics; httpd -f -p 8080 -h /www";
      engine.docker("run", "-d", "--name=web", "--network=app", "--expose=8080", "box", "sh", "-c", serve);

      const logs = join(folder, "logs");
      mkdirSync(logs);
      writeFileSync(join(logs, "accounts.log"), line("first", "2026-11-26T00:00:01Z"));
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, "config.alloy"), everySecond(readFileSync(join(example, "config.alloy"), "utf8")));
      writeFileSync(join(folder, ".env"), environment());
      const port = await freePort();
      admin = `http://127.0.0.1:${port}`;
      const compose = readFileSync(join(example, "docker-compose.yml"), "utf8").replaceAll(
        "./config",
        `${folder}/config`,
      );
      const words = composeRun(compose.replace("env_file: .env", `env_file: ${folder}/.env`), "alloy", {
        SLUICE_IMAGE: "sluice",
        LISTEN: `127.0.0.1:${port}`,
        DOCKER_GID: String(statSync(engine.host.replace("unix://", "")).gid),
        DOCKER_SOCKET: engine.host.replace("unix://", ""),
        LOG_DIRECTORY: logs,
      });
      engine.docker(...words);
    }, 120_000);
    afterAll(async () => {
      await engine?.stop();
      await prometheus?.close();
      await loki?.close();
      for (const server of [app, ...(kafka ?? [])]) await server?.close();
      rmSync(folder, { recursive: true });
    });

    function environment(): string {
      const values: Record<string, string> = {
        PROMETHEUS_URL: `${prometheus.url}/api/v1/write`,
        LOKI_URL: `${loki.url}/loki/api/v1/push`,
        APP_ADDRESS: app.address,
        APP_METRICS_PASSWORD: password,
      };
      for (const [index, { address }] of kafka.entries()) values[`KAFKA_BROKER_${index + 1}`] = address;
      const text = readFileSync(join(example, ".env.example"), "utf8");
      return text.replaceAll(/^(\w+)=.*$/gm, (whole, name: string) =>
        name in values ? `${name}=${values[name]}` : whole,
      );
    }

    const values = async (query: string) => [...(await prometheus.query(query)).values()];
    const agent = (...words: string[]) => engine.docker("exec", "alloy-agent", ...words);

    it("answers the owner's queries: the host, the application, containers, Kafka", async () => {
      await expect
        .poll(() => values('up{job="accounts-server-node-exporter",server="accounts-server"}'))
        .toEqual(["1"]);
      expect(await values('node_filesystem_size_bytes{mountpoint="/"}')).not.toEqual([]);
      await expect.poll(() => values('app_requests_total{job="accounts"}')).toEqual(["7"]);
      const basic = `Basic ${Buffer.from(`metrics-user:${password}`).toString("base64")}`;
      expect(app.seen.at(-1)?.authorization).toBe(basic);
      await expect
        .poll(() => values('web_requests_total{job="accounts-server-docker",container_name="web"}'))
        .toEqual(["5"]);
      await expect.poll(() => values('container_memory_usage_bytes{name="web"}')).toHaveLength(1);
      for (const id of ["1", "2", "3"]) {
        await expect.poll(() => values(`up{job="kafka-brokers",broker_id="${id}"}`)).toEqual(["1"]);
      }
    });

    it("has the application's logs at Loki, with level and time", async () => {
      await expect
        .poll(() => loki.entries.map((entry) => entry.line))
        .toEqual([line("first", "2026-11-26T00:00:01Z").trim()]);
      expect(loki.entries[0]?.labels).toContain('level="info"');
      expect(loki.entries[0]?.timeUnixNano).toBe(BigInt(Date.parse("2026-11-26T00:00:01Z")) * 1_000_000n);
    });

    it("answers the owner's commands, and shows no password", async () => {
      expect(await (await fetch(`${admin}/-/healthy`)).text()).toContain("All Alloy components are healthy.");
      expect(await (await fetch(`${admin}/metrics`)).text()).toContain("alloy_build_info");
      expect(agent("alloy", "fmt", "/etc/alloy/config.alloy")).toContain("prometheus.remote_write");
      expect(agent("alloy", "--version")).toMatch(/^sluice, version/);
      expect(agent("cat", "/etc/alloy/config.alloy")).toContain("KAFKA_BROKER_1");
      expect(agent("ls", "/var/run/docker.sock")).toBe("/var/run/docker.sock");
      expect(agent("sluice", "dead-letters", "list", "--storage", "/var/lib/alloy/data")).not.toContain("Error");
      const log = execFileSync("docker", ["--host", engine.host, "logs", "alloy-agent"], {
        encoding: "utf8",
        stdio: "pipe",
      });
      const pages = await Promise.all(
        ["/api/v0/web/components", "/metrics"].map(async (path) => (await fetch(admin + path)).text()),
      );
      expect([log, ...pages].join("\n")).not.toContain(password);
    });

    it("keeps positions over a restart, and its volume can be backed up", async () => {
      await engine.dockerLater("restart", "alloy-agent");
      appendFileSync(join(folder, "logs/accounts.log"), line("second", "2026-11-26T00:00:02Z"));
      await expect.poll(() => loki.entries.length).toBe(2);
      await engine.dockerLater("stop", "alloy-agent");
      expect(loki.entries.map(({ line: text }) => JSON.parse(text).msg)).toEqual(["first", "second"]);
      expect(loki.requests.reduce((sum, { entries }) => sum + entries, 0)).toBe(2);
      const backup = [
        "--user=0",
        "--entrypoint=/bin/tar",
        "--volume=alloy_data:/data",
        `--volume=${folder}:/backup`,
        "sluice",
      ];
      engine.docker("run", "--rm", ...backup, "czf", "/backup/data.tar.gz", "-C", "/data", ".");
      const names = execFileSync("tar", ["-tzf", join(folder, "data.tar.gz")], { encoding: "utf8" });
      expect(names).toMatch(/loki\.source\.file\.app_logs\/positions\.json/);
      expect(names).toMatch(/queues\/queue-/);
    });

    it("refuses the printed template, filled in by envsubst, with Alloy's diagnostics", () => {
      const filled = execFileSync("envsubst", {
        input: readFileSync(printed),
        encoding: "utf8",
        env: { ...process.env, SERVER_NAME: "srv", PROMETHEUS_URL: prometheus.url, LOKI_URL: loki.url },
      });
      writeFileSync(join(folder, "printed.alloy"), filled);
      const validate = () =>
        engine.docker(
          "run",
          "--rm",
          `--volume=${folder}:/etc/alloy:ro`,
          "sluice",
          "validate",
          "/etc/alloy/printed.alloy",
        );
      expect(validate).toThrow(/loki\.process\.app_logs\.receiver" does not exist or is out of scope/);
      writeFileSync(
        join(folder, "printed.alloy"),
        filled.replace("loki.process.app_logs.receiver", "loki.write.default.receiver"),
      );
      expect(validate).toThrow(/unrecognized block name "relabel"/);
    });
  },
);

/** The owner's intervals are of 15 s and a minute. */
function everySecond(config: string): string {
  return config
    .replaceAll(/^\tscrape_interval.*\n/gm, "")
    .replaceAll(/^(prometheus\.scrape .*)$/gm, '$1\n\tscrape_interval = "1s"\n\tscrape_timeout = "1s"');
}

function line(msg: string, timestamp: string): string {
  return `${JSON.stringify({ level: "info", msg, timestamp })}\n`;
}
