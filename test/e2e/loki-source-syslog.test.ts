import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syslog } from "../../daemon/components/loki/source/syslog.ts";
import { logsReceiver } from "../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { tailStand, until } from "../support/tail-stand.ts";

const rsyslog = "/usr/sbin/rsyslogd";

/** Debian's rsyslog sends on what it gets. */
describe.skipIf(!existsSync(rsyslog))("loki.source.syslog behind rsyslog", () => {
  let stand: ReturnType<typeof tailStand>;
  beforeEach(() => {
    stand = tailStand();
  });
  afterEach(() => stand.remove());

  it.each([
    ["tcp", 'protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"', ""],
    ["tcp", 'protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"', ""],
    ["tcp", 'protocol="tcp" template="RSYSLOG_TraditionalForwardFormat"', 'syslog_format = "rfc3164"'],
    ["udp", 'protocol="udp" template="RSYSLOG_SyslogProtocol23Format"', ""],
  ])("takes messages over %s: %s", async (protocol, action, more) => {
    const out = recordingEntries();
    const text = `forward_to = [out]
      listener {
        address = "127.0.0.1:0"
        protocol = "${protocol}"
        ${more}
      }`;
    const args = decodeArguments(syslog.arguments, text, { out: logsReceiver.encode(out.receiver) });
    const running = await runComponent(syslog, args);
    const port = () => (running.component.debugInfo?.().ports as number[] | undefined)?.[0] ?? 0;
    await until(() => port() > 0);
    const input = await freePort();
    const [config, pid] = [stand.file("rsyslog.conf"), stand.file("rsyslog.pid")];
    writeFileSync(
      config,
      [
        'module(load="imptcp")',
        `input(type="imptcp" port="${input}" address="127.0.0.1")`,
        `action(type="omfwd" target="127.0.0.1" port="${port()}" ${action})`,
      ].join("\n"),
    );
    const child = spawn(rsyslog, ["-n", "-f", config, "-i", pid], { stdio: "ignore" });
    try {
      await until(() => existsSync(pid));
      const socket = connect(input, "127.0.0.1");
      await once(socket, "connect");
      const lines = Array.from({ length: 200 }, (_, index) => `message ${index} with é and "quotes"`);
      socket.end(lines.map((line) => `<14>Nov 26 10:00:00 host app[7]: ${line}\n`).join(""));
      await until(() => out.entries.length >= lines.length);
      expect(out.entries.map(({ line }) => line.trim())).toEqual(lines);
    } finally {
      child.kill("SIGTERM");
      await once(child, "exit");
      await running.stop();
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
