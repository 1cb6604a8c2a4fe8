import { describe, expect, it } from "vitest";
import { selfExporter } from "../../../daemon/components/prometheus/exporter/self.ts";
import { receiveHttp } from "../../../daemon/components/prometheus/receive-http.ts";
import { sampleReceiver } from "../../../daemon/controller/capsules.ts";
import type { ComponentHandler } from "../../../daemon/controller/component.ts";
import { snappy } from "../../../shared/compression/snappy-block.ts";
import { formatLabels } from "../../../shared/prometheus/labels.ts";
import { encodeWriteRequestV2 } from "../../../shared/prometheus/remote-write/write-request-v2.ts";
import { encodeWriteRequest } from "../../../shared/prometheus/remote-write/write-request-writer.ts";
import { addSample, createSampleBatch, type SampleBatch } from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

const v2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

function batchOf(...labels: readonly (readonly string[])[]): SampleBatch {
  const batch = createSampleBatch();
  for (const each of labels) {
    addSample(batch, seriesOf(each), { timeMs: 5, value: 1 });
  }
  return batch;
}

async function stand() {
  const batches: SampleBatch[] = [];
  const to = sampleReceiver.encode({ consume: async (batch) => void batches.push(batch) });
  const text = 'forward_to = [to]\nhttp {\n  listen_address = "127.0.0.1"\n  listen_port = 0\n}';
  const running = await runComponent(receiveHttp, decodeArguments(receiveHttp.arguments, text, { to }));
  await expect.poll(() => running.component.debugInfo?.().port).not.toBe(0);
  const url = `http://127.0.0.1:${String(running.component.debugInfo?.().port)}/api/v1/metrics/write`;
  return {
    running,
    received: () => batches.flatMap(({ series }) => series.map(({ labels }) => formatLabels(labels))),
    post: (body: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
      fetch(url, {
        method: "POST",
        body: Buffer.from(body),
        headers: { "content-encoding": "snappy", "content-type": "application/x-protobuf", ...headers },
      }),
  };
}

describe("prometheus.receive_http", () => {
  it("takes 1.0 and 2.0, and says over 2.0 what was written", async () => {
    const { running, received, post } = await stand();
    const first = await post(snappy(encodeWriteRequest(batchOf(["b", "2", "__name__", "up", "empty", ""]))));
    expect(first.status).toBe(204);
    const second = await post(snappy(encodeWriteRequestV2(batchOf(["__name__", "down"]))), { "content-type": v2 });
    expect([second.status, second.headers.get("x-prometheus-remote-write-samples-written")]).toEqual([204, "1"]);
    expect(received()).toEqual(['up{b="2"}', "down"]);
    await running.stop();
  });

  it("keeps what is good beside a series that nobody may store", async () => {
    const { running, received, post } = await stand();
    const bad = batchOf(["__name__", "a", "x", "1", "x", "2"], ["__name__", "good"]);
    expect((await post(snappy(encodeWriteRequest(bad)))).status).toBe(204);
    const refused = await post(snappy(encodeWriteRequestV2(bad)), { "content-type": v2 });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("duplicated label x")]);
    expect(received()).toEqual(["good", "good"]);
    expect(running.events.filter(({ name }) => name === "samples.dropped")).toHaveLength(1);
    await running.stop();
  });

  it.each([
    [{ "content-encoding": "gzip" }, 415, "only snappy is acceptable"],
    [{ "content-type": "application/json" }, 415, "expected application/x-protobuf"],
    [{ "content-type": "application/x-protobuf;proto=other" }, 415, "not accepted"],
    [{}, 400, "s2: corrupt input"],
  ])("refuses %j", async (headers, status, message) => {
    const { running, post } = await stand();
    const response = await post(Buffer.from([0xff, 0xff, 0xff]), headers as Record<string, string>);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(message)]);
    await running.stop();
  });
});

describe("prometheus.exporter.self", () => {
  it("exports the metrics of this process", async () => {
    let handler: ComponentHandler | undefined;
    const http = {
      memoryAddress: "memory:1",
      path: "/api/v0/component/prometheus.exporter.self.test/",
      handle: (given: ComponentHandler) => {
        handler = given;
      },
      request: () => Promise.reject(new Error("no pages here")),
    };
    const running = await runComponent(selfExporter, decodeArguments(selfExporter.arguments, ""), { http });
    running.metrics.add("prometheus_forwarded_samples_total", { component_id: "x" }, 3);
    const answer = await handler?.({ method: "GET", path: "/metrics", headers: {}, body: new Uint8Array(0) });
    expect(Buffer.from(answer?.body ?? []).toString()).toContain(
      'prometheus_forwarded_samples_total{component_id="x"} 3',
    );
    expect(running.exports().targets[0]?.get("job")).toBe("integrations/self");
    await running.stop();
  });
});
