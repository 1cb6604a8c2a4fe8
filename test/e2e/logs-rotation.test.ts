import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeLoki, startFakeLoki } from "../support/loki/fake-loki.ts";
import { type RunningAgent, startAgent } from "../support/loki/log-agent.ts";
import { tailStand, until } from "../support/tail-stand.ts";

const logrotate = "/usr/sbin/logrotate";
const rsyslog = "/usr/sbin/rsyslogd";
const isRoot = process.getuid?.() === 0;

/** Debian's logrotate turns files of live writers. */
describe.skipIf(!existsSync(logrotate) || !isRoot)("a log agent beside logrotate", () => {
  let stand: ReturnType<typeof tailStand>;
  let loki: FakeLoki;
  let agent: RunningAgent | undefined;

  beforeEach(async () => {
    stand = tailStand();
    mkdirSync(stand.file("log"));
    chmodSync(stand.file("log"), 0o755);
    loki = await startFakeLoki();
  });
  afterEach(async () => {
    await agent?.kill("SIGKILL");
    await loki.close();
    stand.remove();
  });

  const start = async (glob: string) => {
    agent = await startAgent({
      directory: stand.file("state"),
      source: `targets = [{__path__ = "${stand.file("log")}/${glob}", job = "app"}]\nfile_match {\nenabled = true\nsync_period = "200ms"\n}`,
      stages: "",
      write: `endpoint {\nurl = "${loki.url}"\nbatch_wait = "50ms"\n}`,
    });
  };
  const lines = () => loki.entries.map(({ line }) => line);

  function rotate(options: string): void {
    const config = stand.file("logrotate.conf");
    writeFileSync(config, `${stand.file("log")}/app.log {\n  rotate 20\n  su root root\n  ${options}\n}\n`, {
      mode: 0o644,
    });
    const { status, stderr } = spawnSync(logrotate, ["-f", "-s", stand.file("logrotate.state"), config]);
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
  }

  it("reads every line that copytruncate leaves anywhere", async () => {
    const path = stand.file("log/app.log");
    const fd = openSync(path, "a");
    let written = 0;
    const write = () => {
      writeSync(
        fd,
        Array.from({ length: 20 }, () => `line ${written++} of a writer that keeps its file open\n`).join(""),
      );
    };
    write();
    await start("app.log");
    await until(() => lines().length >= 20);
    const writing = setInterval(write, 2);
    for (let turn = 0; turn < 4; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      rotate("copytruncate");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    clearInterval(writing);
    closeSync(fd);
    const onDisk = readdirSync(stand.file("log")).flatMap((name) =>
      readFileSync(stand.file(`log/${name}`), "utf8")
        .trimEnd()
        .split("\n"),
    );
    await until(() => new Set(lines()).size >= new Set(onDisk).size);
    const got = new Set(lines());
    expect({ missing: onDisk.filter((line) => !got.has(line)).length, wasBusy: written > 1000 }).toEqual({
      missing: 0,
      wasBusy: true,
    });
    expect(lines().length).toBe(got.size);
  });

  it.skipIf(!existsSync(rsyslog))(
    "reads every line of rsyslog once, with a glob that finds rotated files too",
    async () => {
      const port = await freePort();
      const config = stand.file("rsyslog.conf");
      const pid = stand.file("rsyslog.pid");
      const line = '$template plain,"%msg:2:$%\\n"';
      writeFileSync(
        config,
        [
          'module(load="imptcp")',
          line,
          `input(type="imptcp" port="${port}" address="127.0.0.1")`,
          `action(type="omfile" file="${stand.file("log/app.log")}" template="plain" fileCreateMode="0644")`,
        ].join("\n"),
      );
      const child: ChildProcess = spawn(rsyslog, ["-n", "-f", config, "-i", pid], { stdio: "ignore" });
      try {
        await until(() => existsSync(pid));
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        let written = 0;
        const write = () => {
          socket.write(Array.from({ length: 20 }, () => `<14>Nov 26 10:00:00 host app: line ${written++}\n`).join(""));
        };
        write();
        await until(() => existsSync(stand.file("log/app.log")));
        await start("app.log*");
        const writing = setInterval(write, 5);
        for (let turn = 0; turn < 4; turn += 1) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          rotate(`nocreate\n  postrotate\n    kill -HUP $(cat ${pid})\n  endscript`);
        }
        clearInterval(writing);
        socket.end();
        await until(() => new Set(lines()).size >= written);
        // A file that is found again, under its new name, is opened when its old reader has done with it.
        appendFileSync(stand.file("log/app.log.9"), "of another file\n");
        await until(() => lines().includes("of another file"));
        const repeated = loki.entries.filter(({ line }, index) => lines().indexOf(line) !== index);
        expect({ repeated, lines: lines().length, wasBusy: written > 1000 }).toEqual({
          repeated: [],
          lines: written + 1,
          wasBusy: true,
        });
      } finally {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
