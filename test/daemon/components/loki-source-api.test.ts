import { gzipSync } from "node:zlib";
import { snappyCompress } from "hysnappy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api } from "../../../daemon/components/loki/source/api.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { createPushWriter } from "../../../shared/loki/push-writer.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { until } from "../../support/tail-stand.ts";

let running: RunningComponent<unknown, unknown>;
let url: string;
let out: ReturnType<typeof recordingEntries>;

async function start(more = "", hold = false) {
  out = recordingEntries(hold ? { hold: true } : {});
  const text = `http {
      listen_address = "127.0.0.1"
      listen_port = 0
      server_write_timeout = "100ms"
    }
    forward_to = [out]
    ${more}`;
  const args = decodeArguments(api.arguments, text, { out: logsReceiver.encode(out.receiver) });
  running = (await runComponent(api, args)) as RunningComponent<unknown, unknown>;
  const port = () => running.component.debugInfo?.().port as number;
  await until(() => port() > 0);
  url = `http://127.0.0.1:${port()}`;
}

beforeEach(() => start('labels = {source = "api"}\nuse_incoming_timestamp = true'));
afterEach(() => running.stop());

function post(path: string, body: string | Uint8Array, headers: Record<string, string>) {
  return fetch(url + path, { method: "POST", body: typeof body === "string" ? body : new Uint8Array(body), headers });
}

const json = '{"streams":[{"stream":{"app":"a"},"values":[["5","one"],["6","two",{"m":"1"}]]}]}';
const protobuf = { "content-type": "application/x-protobuf" };
const push = "/loki/api/v1/push";

function message(): Uint8Array {
  const writer = createPushWriter();
  writer.add({ labels: labelSet([["app", "a"]]), timeUnixNano: 5n, line: "one", metadata: [] });
  return writer.finish();
}

describe("loki.source.api", () => {
  it("takes JSON, plain and with gzip", async () => {
    const plain = await post(push, json, { "content-type": "application/json" });
    const zipped = await post(push, gzipSync(json), {
      "content-type": "application/json; charset=utf-8",
      "content-encoding": "gzip",
    });
    expect([plain.status, zipped.status]).toEqual([204, 204]);
    expect(out.entries).toHaveLength(4);
    expect(out.entries[1]).toEqual({
      labels: labelSet([
        ["app", "a"],
        ["source", "api"],
      ]),
      timeUnixNano: 6n,
      line: "two",
      metadata: [{ name: "m", value: "1" }],
    });
  });

  it("takes protobuf in a snappy block, named or not", async () => {
    const body = snappyCompress(message());
    const answers = [
      await post(push, body, protobuf),
      await post("/api/v1/push", body, { ...protobuf, "content-encoding": "snappy" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(out.entries.map(({ line, timeUnixNano }) => [line, timeUnixNano])).toEqual([
      ["one", 5n],
      ["one", 5n],
    ]);
  });

  it("takes plain lines", async () => {
    expect((await post("/loki/api/v1/raw", "one\r\n\ntwo", {})).status).toBe(204);
    expect(out.entries.map(({ line }) => line)).toEqual(["one", "two"]);
  });

  it("is ready", async () => {
    expect(await (await fetch(`${url}/ready`)).text()).toBe("ready");
  });

  it.each([
    ["text/plain", "x", { "content-type": "text/plain" }, 400],
    ["JSON that is not a push", "[]", { "content-type": "application/json" }, 400],
    ["what is not snappy", "hello", protobuf, 400],
    ["what is not protobuf", snappyCompress(Buffer.from("hello")), protobuf, 400],
    ["an unknown coding", "x", { ...protobuf, "content-encoding": "br" }, 400],
  ])("refuses %s", async (_, body, headers, status) => {
    expect((await post(push, body, headers as unknown as Record<string, string>)).status).toBe(status);
  });

  it("takes the good streams beside one with bad labels, and says what is wrong", async () => {
    const bad = Buffer.concat([message(), Buffer.from("0a0c0a037b617d1205120378", "hex"), Buffer.from("7879", "hex")]);
    const answer = await post(push, snappyCompress(bad), protobuf);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("couldn't parse labels")]);
    expect(out.entries.map(({ line }) => line)).toEqual(["one"]);
  });

  it("asks to send again what is not durable in time", async () => {
    await running.stop();
    await start("", true);
    const answer = await post(push, json, { "content-type": "application/json" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });

  it("gives entries times of their own where the client's are not wanted", async () => {
    await running.stop();
    await start();
    await post(push, json, { "content-type": "application/json" });
    const [one = 0n, two = 0n] = out.entries.map(({ timeUnixNano }) => timeUnixNano);
    expect([one > 10n ** 18n, two - one]).toEqual([true, 1n]);
  });

  it("measures its requests as Alloy's server does", async () => {
    await post(push, json, { "content-type": "application/json" });
    await post("/elsewhere", "x", {});
    const points = (wanted: string) => running.metrics.snapshot().find(({ name }) => name === wanted)?.points ?? [];
    expect(points("loki_source_api_request_duration_seconds").map(({ labels }) => labels)).toEqual([
      {
        component_id: "loki.source.api.test",
        method: "POST",
        route: "loki_api_v1_push",
        status_code: "204",
        ws: "false",
      },
      { component_id: "loki.source.api.test", method: "POST", route: "other", status_code: "404", ws: "false" },
    ]);
    expect(points("loki_source_api_inflight_requests").map(({ value }) => value)).toEqual([0, 0]);
    expect(points("loki_source_api_entries_written").map(({ value }) => value)).toEqual([2]);
    expect(points("loki_source_api_tcp_connections").map(({ labels }) => labels)).toEqual([
      { component_id: "loki.source.api.test", protocol: "http" },
    ]);
  });
});
