import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { startAgent } from "../support/loki/log-agent.ts";
import { tailStand } from "../support/tail-stand.ts";

const program = peers.victoriaLogs;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function untilAnswered(ask: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await ask().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("not in time");
}

describe.skipIf(program === undefined)(
  "a real VictoriaLogs as the destination (bench/peers/install.sh builds it)",
  () => {
    const stand = tailStand();
    let url = "";
    let stop = async () => {};

    beforeAll(async () => {
      const port = await freePort();
      const flags = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${stand.file("victoria")}`];
      const child = spawn(program ?? "", flags, { stdio: "ignore" });
      stop = async () => {
        child.kill("SIGTERM");
        await once(child, "exit");
      };
      url = `http://127.0.0.1:${port}`;
      await untilAnswered(async () => (await fetch(`${url}/health`)).ok);
    });
    afterAll(async () => {
      await stop();
      stand.remove();
    });

    async function query(text: string): Promise<readonly Record<string, string>[]> {
      const answer = await fetch(`${url}/select/logsql/query`, {
        method: "POST",
        body: new URLSearchParams({ query: text }),
      });
      return (await answer.text())
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    }

    it("stores lines with their labels, times and structured metadata", async () => {
      const time = new Date(Date.now() - 60_000).toISOString();
      const lines = Array.from({ length: 500 }, (_, index) =>
        JSON.stringify({ ts: time, level: "warn", n: index, msg: `é "${index}"` }),
      );
      writeFileSync(stand.file("app.log"), `${lines.join("\n")}\n`);
      const agent = await startAgent({
        directory: stand.file("state"),
        source: `targets = [{__path__ = "${stand.file("app.log")}", job = "app"}]`,
        stages: `stage.json {
          expressions = {ts = "", level = "", n = ""}
        }
        stage.labels {
          values = {level = ""}
        }
        stage.structured_metadata {
          values = {n = ""}
        }
        stage.timestamp {
          source = "ts"
          format = "RFC3339Nano"
        }`,
        write: `endpoint {\nurl = "${url}/insert/loki/api/v1/push"\nbatch_wait = "50ms"\n}`,
      });
      await untilAnswered(async () => (await query('{job="app"} | stats count() n'))[0]?.n === "500");
      await agent.kill("SIGTERM");
      const stored = await query('{job="app",level="warn"} n:="7"');
      expect(stored).toHaveLength(1);
      expect(stored[0]).toMatchObject({ level: "warn", job: "app", n: "7", filename: stand.file("app.log") });
      expect(stored[0]?.msg ?? stored[0]?._msg).toContain('é "7"');
      expect(Math.abs(Date.parse(stored[0]?._time ?? "") - Date.parse(time))).toBeLessThan(1000);
    });
  },
);
