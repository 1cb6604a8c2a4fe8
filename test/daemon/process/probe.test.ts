import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { probeQueue } from "../../../daemon/process/probe.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("probeQueue()", () => {
  it("asks the host of the queue's URL, as the SDK does, whatever endpoint the environment names", async () => {
    const queue = createServer().listen(0, "127.0.0.1");
    await once(queue, "listening");
    const { port } = queue.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1");
    const queueUrl = `http://127.0.0.1:${port}/000000000000/sluice`;
    expect(await probeQueue(queueUrl)).toBeUndefined();
    queue.close();
    await once(queue, "close");
    expect(await probeQueue(queueUrl)).toMatch(/ECONNREFUSED/);
  });
});
