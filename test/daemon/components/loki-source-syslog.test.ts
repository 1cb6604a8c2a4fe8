import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { syslog } from "../../../daemon/components/loki/source/syslog.ts";
import { compileRules } from "../../../daemon/components/relabel-rules.ts";
import { logsReceiver, relabelRules } from "../../../daemon/controller/capsules.ts";
import { parseRfc3164, parseRfc5424 } from "../../../shared/loki/parse-syslog.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { until } from "../../support/tail-stand.ts";
import { tlsFile } from "../../support/tls-fixtures.ts";

let running: RunningComponent<unknown, unknown> | undefined;
afterEach(() => running?.stop());

async function start(more = "") {
  const out = recordingEntries();
  const rules = compileRules([
    { source_labels: ["__syslog_message_severity"], target_label: "level" },
    { regex: "__syslog_message_(app_name|sd_.*)", action: "labelmap", replacement: "$1" },
  ]);
  const variables = { out: logsReceiver.encode(out.receiver), rules: relabelRules.encode(rules) };
  const text = `forward_to = [out]\nrelabel_rules = rules\nlistener {\naddress = "127.0.0.1:0"\nlabels = {job = "syslog"}\n${more}\n}`;
  const component = await runComponent(syslog, decodeArguments(syslog.arguments, text, variables));
  running = component as RunningComponent<unknown, unknown>;
  const port = () => (component.component.debugInfo?.().ports as number[] | undefined)?.[0] ?? 0;
  await until(() => port() > 0);
  return {
    ...out,
    port: port(),
    metrics: component.metrics,
    events: component.events,
    lines: () => out.entries.map(({ line }) => line),
  };
}

function send(port: number, text: string): void {
  connect(port, "127.0.0.1").end(text);
}

const rfc5424 = '<165>1 2003-10-11T22:14:15.003Z host app 12 ID47 [ex@1 iut="3" a="q\\"\\]"][b] An event: é';

describe("parseRfc5424()", () => {
  it("reads every part", () => {
    expect(parseRfc5424(rfc5424)).toEqual({
      severity: "notice",
      facility: "local4",
      timeUnixNano: 1_065_910_455_003_000_000n,
      hostname: "host",
      appName: "app",
      procId: "12",
      msgId: "ID47",
      structuredData: new Map([
        ["ex@1", new Map(Object.entries({ iut: "3", a: 'q"]' }))],
        ["b", new Map()],
      ]),
      message: "An event: é",
    });
    expect(parseRfc5424("<34>1 - - - - - -")).toEqual({ severity: "critical", facility: "auth", message: "" });
  });

  it.each(["", "hello", "<192>1 - - - - - - x", "<1>2 - - - - - - x", "<1>1 - - - - - [a x", "<1>1 soon - - - - - x"])(
    "refuses %j",
    (text) => {
      expect(parseRfc5424(text)).toBeUndefined();
    },
  );
});

describe("parseRfc3164()", () => {
  const november = Date.UTC(2026, 10, 26);

  it("reads the tag and the year of now", () => {
    expect(parseRfc3164("<34>Oct  1 22:14:15 mymachine su[7]: 'su root' failed", november)).toEqual({
      severity: "critical",
      facility: "auth",
      timeUnixNano: BigInt(Date.UTC(2026, 9, 1, 22, 14, 15)) * 1_000_000n,
      hostname: "mymachine",
      appName: "su",
      procId: "7",
      message: "'su root' failed",
    });
    expect(parseRfc3164("<34>Oct 11 22:14:15 host no tag here", november)?.message).toBe("no tag here");
    expect(parseRfc3164("<34>hello", november)).toBeUndefined();
    expect(parseRfc3164("<192>Oct 11 22:14:15 host app: x", november)).toBeUndefined();
  });

  it.each([
    ["Dec 31 23:59:59", Date.UTC(2026, 0, 1), Date.UTC(2025, 11, 31, 23, 59, 59)],
    ["Jan  1 00:00:01", Date.UTC(2025, 11, 31, 23), Date.UTC(2026, 0, 1, 0, 0, 1)],
    ["Feb 29 12:00:00", Date.UTC(2028, 1, 29), Date.UTC(2028, 1, 29, 12)],
    ["2026-11-26T10:00:00.5+01:00", november, Date.UTC(2026, 10, 26, 9, 0, 0, 500)],
  ])("takes %s for a time near the present one", (time, nowMs, expected) => {
    const message = parseRfc3164(`<13>${time} host app: x`, nowMs);
    expect(message).toMatchObject({ timeUnixNano: BigInt(expected) * 1_000_000n, hostname: "host", appName: "app" });
  });
});

describe("loki.source.syslog", () => {
  it("takes messages on lines and with their length in front, with labels by rules", async () => {
    const { port, entries, lines } = await start("label_structured_data = true\nuse_incoming_timestamp = true");
    send(port, `${rfc5424}\r\n<13>1 - - - - - - two\n`);
    await until(() => lines().length === 2);
    const message = "<13>1 - - - - - - with\nnewline";
    send(port, `${message.length} ${message}${message.length} ${message}`);
    await until(() => lines().length === 4);
    expect(lines()).toEqual(["An event: é", "two", "with\nnewline", "with\nnewline"]);
    expect(entries[0]?.timeUnixNano).toBe(1_065_910_455_003_000_000n);
    expect(entries[0]?.labels.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "app_name=app",
      "job=syslog",
      "level=notice",
      'sd_ex_1_a=q"]',
      "sd_ex_1_iut=3",
    ]);
  });

  it("takes datagrams", async () => {
    const { port, lines } = await start('protocol = "udp"\nsyslog_format = "rfc3164"');
    const socket = createSocket("udp4");
    socket.send("<34>Oct 11 22:14:15 host app: by UDP\n", port, "127.0.0.1");
    await until(() => lines().length === 1);
    socket.close();
    expect(lines()).toEqual(["by UDP"]);
  });

  it("takes messages over TLS, from those whose certificate it knows", async () => {
    const { port, lines } = await start(
      `tls_config {
        ca_file = "${tlsFile("ca.pem")}"
        cert_file = "${tlsFile("server.pem")}"
        key_file = "${tlsFile("server.key")}"
      }`,
    );
    const ca = readFileSync(tlsFile("ca.pem"));
    const own = { cert: readFileSync(tlsFile("client.pem")), key: readFileSync(tlsFile("client.key")) };
    const stranger = connectTls({ port, host: "127.0.0.1", ca });
    stranger.on("error", () => {});
    stranger.write("<13>1 - - - - - - of a stranger\n");
    await new Promise((resolve) => stranger.once("close", resolve));
    const known = connectTls({ port, host: "127.0.0.1", ca, ...own });
    known.end("<13>1 - - - - - - one\n<13>1 - - - - - - two\n");
    await until(() => lines().length === 2);
    expect(lines()).toEqual(["one", "two"]);
  });

  it("counts messages without text and leaves them out", async () => {
    const { port, lines, metrics } = await start();
    send(port, "<13>1 - - - - - -\n<13>1 - - - - - - one\n");
    await until(() => lines().length === 1);
    const empty = metrics.snapshot().find(({ name }) => name === "loki_source_syslog_empty_messages_total");
    expect(empty?.points.map(({ value }) => value)).toEqual([1]);
  });

  it("tells what is not a message, and ends a connection that sends too much", async () => {
    const { port, events, lines } = await start("max_message_length = 100");
    send(port, "hello\n<13>1 - - - - - - good\n");
    await until(() => lines().length === 1);
    send(port, "x".repeat(500));
    await until(() => events.length === 2);
    expect(events.map(({ fields }) => (fields as { message: string }).message)).toEqual([
      "127.0.0.1: not a message of rfc5424",
      "127.0.0.1: a message is longer than 100 bytes",
    ]);
  });

  it.each([
    ['protocol = "sctp"', "syslog listener protocol should be either 'tcp' or 'udp', got sctp"],
    ['syslog_format = "x"', 'unknown syslog format: "x"'],
  ])("refuses %s", (text, message) => {
    const load = () => decodeArguments(syslog.arguments, `forward_to = []\nlistener {\naddress = ":1"\n${text}\n}`);
    expect(load).toThrow(message);
  });
});
