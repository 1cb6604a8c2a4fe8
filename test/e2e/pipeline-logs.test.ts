import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeLoki, startFakeLoki } from "../support/loki/fake-loki.ts";
import { tailStand, until } from "../support/tail-stand.ts";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

describe("sluice run with a pipeline of logs", () => {
  const stand = tailStand();
  let loki: FakeLoki;
  beforeAll(async () => {
    loki = await startFakeLoki();
  });
  afterAll(async () => {
    await loki.close();
    stand.remove();
  });

  function run(): ChildProcess {
    const flags = [`--storage.path=${stand.file("data")}`, "--server.http.listen-addr=127.0.0.1:0"];
    return spawn(process.execPath, [cli, "run", stand.file("config.alloy"), ...flags], { stdio: "ignore" });
  }

  async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  it("follows, changes and delivers lines, also those that were written while it was killed", async () => {
    mkdirSync(stand.file("logs"));
    const line = (text: string) => `${JSON.stringify({ level: "warn", msg: text, ts: new Date().toISOString() })}\n`;
    writeFileSync(stand.file("logs/app.log"), line("one"));
    const config = `
      local.file_match "app" {
        path_targets = [{__path__ = "${stand.root}/logs/*.log", job = "app"}]
      }
      loki.source.file "app" {
        targets    = local.file_match.app.targets
        forward_to = [loki.process.app.receiver]
      }
      loki.process "app" {
        stage.json {
          expressions = {level = "", msg = "", ts = ""}
        }
        stage.labels {
          values = {level = ""}
        }
        stage.timestamp {
          source = "ts"
          format = "RFC3339Nano"
        }
        stage.output {
          source = "msg"
        }
        forward_to = [loki.write.default.receiver]
      }
      loki.write "default" {
        endpoint {
          url        = "${loki.url}"
          batch_wait = "50ms"
        }
        external_labels = {cluster = "test"}
      }`;
    writeFileSync(stand.file("config.alloy"), config);
    const lines = () => loki.entries.map((entry) => entry.line);
    const first = run();
    await until(() => lines().includes("one"));
    await end(first, "SIGKILL");
    appendFileSync(stand.file("logs/app.log"), line("two"));
    const second = run();
    await until(() => lines().includes("two"));
    await end(second, "SIGTERM");
    expect(new Set(lines())).toEqual(new Set(["one", "two"]));
    const labels = `{cluster="test", filename="${stand.file("logs/app.log")}", job="app", level="warn"}`;
    expect(loki.entries[0]?.labels).toBe(labels);
  });
});
