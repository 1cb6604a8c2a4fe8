import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { awsFirehose } from "../../../daemon/components/loki/source/awsfirehose.ts";
import { compileRules } from "../../../daemon/components/relabel-rules.ts";
import { logsReceiver, relabelRules } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { firehoseRequest, requestId, sourceArn } from "../../support/firehose/requests.ts";
import { recordsOf } from "../../support/firehose/vectors.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { until } from "../../support/tail-stand.ts";

let running: RunningComponent<unknown, unknown> | undefined;
let url = "";
let out: ReturnType<typeof recordingEntries>;

const rule = (source: string, target: string) => ({
  source_labels: [source],
  separator: ";",
  regex: "(.*)",
  modulus: 0,
  target_label: target,
  replacement: "$1",
  action: "replace",
});

async function start(more = "", { hold = false, maxBody = "1MiB" } = {}) {
  out = recordingEntries(hold ? { hold: true } : {});
  const text = `http {
      listen_address = "127.0.0.1"
      listen_port = 0
      server_write_timeout = "200ms"
      max_body_size = "${maxBody}"
    }
    forward_to = [out]
    relabel_rules = rules
    ${more}`;
  const rules = compileRules([
    rule("__aws_firehose_request_id", "request"),
    rule("__aws_firehose_source_arn", "stream"),
    rule("__aws_cw_log_group", "group"),
    rule("__aws_cw_msg_type", "kind"),
  ]);
  const args = decodeArguments(awsFirehose.arguments, text, {
    out: logsReceiver.encode(out.receiver),
    rules: relabelRules.encode(rules),
  });
  running = (await runComponent(awsFirehose, args)) as RunningComponent<unknown, unknown>;
  const port = () => running?.component.debugInfo?.().port as number;
  await until(() => port() > 0);
  url = `http://127.0.0.1:${port()}/awsfirehose/api/v1/push`;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const post = ({ headers, body }: ReturnType<typeof firehoseRequest>, to = url) =>
  fetch(to, { method: "POST", headers, body: new Uint8Array(body) });
const labelsOf = (index: number) =>
  Object.fromEntries((out.entries[index]?.labels ?? []).map(({ name, value }) => [name, value]));

describe("loki.source.awsfirehose", () => {
  it("makes an entry of each record, with labels of the request for its rules and of the stream's attributes", async () => {
    await start();
    const attributes = JSON.stringify({
      commonAttributes: { lbl_team: "web", "lbl_my-label": "x", other: "y", lbl_0: "z" },
    });
    const headers = { "x-amz-firehose-common-attributes": attributes, "x-scope-orgid": "tenant-1" };
    const answer = await post(firehoseRequest([Buffer.from("one\n"), Buffer.from("two")], { headers, gzip: true }));
    expect(answer.status).toBe(200);
    expect(out.entries.map(({ line }) => line)).toEqual(["one\n", "two"]);
    expect(labelsOf(0)).toEqual({
      request: requestId,
      stream: sourceArn,
      team: "web",
      my_label: "x",
      __tenant_id__: "tenant-1",
    });
    expect(out.entries[0]?.timeUnixNano).not.toBe(out.entries[1]?.timeUnixNano);
  });

  it("makes an entry of each event of CloudWatch Logs", async () => {
    await start("use_incoming_timestamp = true");
    const envelope = {
      messageType: "DATA_MESSAGE",
      owner: "123456789012",
      logGroup: "/app/web",
      logStream: "s",
      subscriptionFilters: ["f"],
      logEvents: [
        { id: "1", timestamp: 1, message: "a" },
        { id: "2", timestamp: 2, message: "b" },
      ],
    };
    await post(firehoseRequest([gzipSync(JSON.stringify(envelope))]));
    expect(out.entries.map(({ line, timeUnixNano }) => [line, timeUnixNano])).toEqual([
      ["a", 1_709_294_460_000_000_000n],
      ["b", 1_709_294_460_000_000_001n],
    ]);
    expect(labelsOf(0)).toMatchObject({ group: "/app/web", kind: "DATA_MESSAGE" });
  });

  it("reads every member of a record", async () => {
    await start();
    await post(firehoseRequest(recordsOf("cwl-through-firehose-two-members")));
    expect(out.entries.map(({ line }) => line)).toEqual(["a", "b"]);
  });

  it("asks for its access key", async () => {
    await start('access_key = "k-correct"');
    expect((await post(firehoseRequest([Buffer.from("x")], { key: "wrong" }))).status).toBe(401);
    expect((await post(firehoseRequest([Buffer.from("x")]))).status).toBe(200);
    expect(out.entries).toHaveLength(1);
  });

  it("keeps the neighbours of a record that cannot be read, and counts that one", async () => {
    await start();
    await post(firehoseRequest([Buffer.from("a"), Buffer.of(0x1f, 0x8b, 0), Buffer.from("b")]));
    expect(out.entries.map(({ line }) => line)).toEqual(["a", "b"]);
    expect(running?.events).toMatchObject([{ name: "records.refused", fields: { reason: "envelope", records: 1 } }]);
  });

  it("asks to be sent again what is not durable in time", async () => {
    await start("", { hold: true });
    const answer = await post(firehoseRequest([Buffer.from("x")]));
    expect([answer.status, await answer.json()]).toMatchObject([503, { requestId, errorMessage: expect.any(String) }]);
    out.release();
  });

  it("answers a body that is too large with 400, never with 413, and another path with 404", async () => {
    await start("", { maxBody: "1KiB" });
    const answer = await post(firehoseRequest([Buffer.alloc(5000, 0x61)]));
    expect([answer.status, await answer.json()]).toMatchObject([400, { requestId, timestamp: expect.any(Number) }]);
    expect((await post(firehoseRequest([]), url.replace("awsfirehose", "other"))).status).toBe(404);
  });

  it("counts by the names of Alloy's metrics", async () => {
    await start('access_key = "k-correct"');
    await post(firehoseRequest([Buffer.from("a"), Buffer.of(0x1f, 0x8b, 0)]));
    await post(firehoseRequest([Buffer.from("a")], { key: "wrong" }));
    const points = (name: string) =>
      running?.metrics
        .snapshot()
        .find((each) => each.name === `loki_source_awsfirehose_${name}`)
        ?.points.map(({ labels: { component_id: _, ...labels }, value }) => ({ ...labels, value }));
    expect(points("records_received")).toEqual([{ type: "direct_put", value: 2 }]);
    expect(points("entries_written")).toEqual([{ value: 1 }]);
    expect(points("record_errors")).toEqual([{ reason: "envelope", value: 1 }]);
    expect(points("request_errors")).toEqual([{ reason: "unauthorized", value: 1 }]);
  });
});
