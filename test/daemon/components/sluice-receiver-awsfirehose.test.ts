import { afterEach, describe, expect, it } from "vitest";
import { awsFirehoseReceiver } from "../../../daemon/components/sluice/receiver/awsfirehose.ts";
import { otlpConsumer } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { framed, gaugesOf, metricsOf, streamedRequest } from "../../support/firehose/metric-stream.ts";
import { firehoseRequest } from "../../support/firehose/requests.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";
import { until } from "../../support/tail-stand.ts";

let running: RunningComponent<unknown, unknown> | undefined;
let url = "";

async function start(more = "", wired = "metrics = [out]\nlogs = [out]") {
  const { accept, received } = createRecordingAccept();
  const text = `http {
      listen_address = "127.0.0.1"
      listen_port = 0
    }
    output { ${wired} }
    ${more}`;
  const args = decodeArguments(awsFirehoseReceiver.arguments, text, { out: otlpConsumer.encode({ accept }) });
  running = (await runComponent(awsFirehoseReceiver, args)) as RunningComponent<unknown, unknown>;
  const port = () => running?.component.debugInfo?.().port as number;
  await until(() => port() > 0);
  url = `http://127.0.0.1:${port()}/awsfirehose/api/v1/push`;
  return received;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const post = ({ headers, body }: ReturnType<typeof firehoseRequest>) =>
  fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
const metric = framed([streamedRequest([{ namespace: "AWS/EC2", name: "Cpu", count: 2, sum: 3 }])]);

describe("sluice.receiver.awsfirehose", () => {
  it("hands metrics on as gauges, lines as log records, and what cannot be used as log records with the reason", async () => {
    const received = await start();
    const answer = await post(firehoseRequest([metric, Buffer.from("a line"), Buffer.of(0x7f, 0xff)], { gzip: true }));
    expect(answer.status).toBe(200);
    expect(received.map(({ format, items }) => [format, items])).toEqual([
      ["otlp/metrics", 3],
      ["otlp/logs", 1],
      ["otlp/logs", 1],
    ]);
    expect(gaugesOf(received[0]?.bytes ?? metric).map(({ name }) => name)).toContain("aws_ec2_cpu_average");
    expect(Buffer.from(received[2]?.bytes ?? []).toString("latin1")).toContain("sluice.refused.reason");
  });

  it("hands summaries on as they came, where that is asked for", async () => {
    const received = await start('metrics_as = "summaries"');
    await post(firehoseRequest([metric]));
    expect(metricsOf(received[0]?.bytes ?? metric)).toMatchObject([{ name: "amazonaws.com/AWS/EC2/Cpu" }]);
  });

  it("counts what cannot be used, and goes on, where no logs are wired", async () => {
    const received = await start("", "metrics = [out]");
    expect((await post(firehoseRequest([metric, Buffer.of(0x7f, 0xff)]))).status).toBe(200);
    expect(received).toHaveLength(1);
    expect(running?.events.map(({ name }) => name)).toContain("records.refused");
  });

  it("refuses another shape at load", () => {
    const text = 'metrics_as = "sums"\noutput { }';
    expect(() => decodeArguments(awsFirehoseReceiver.arguments, text)).toThrow("must be gauges or summaries");
  });
});
