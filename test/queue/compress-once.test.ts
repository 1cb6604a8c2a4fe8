import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ReceivedRequest } from "../../shared/batch/accept.ts";
import { createCompressOnce } from "../../shared/queue/compress-once.ts";
import { requestOf } from "../support/otlp/item-names.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";

const bytes = requestOf("logs", { names: ["one", "two"], padding: "x".repeat(500) });
const request: ReceivedRequest = { format: "otlp/logs", items: 2, bytes };

describe("createCompressOnce()", () => {
  it("compresses for the first of several destinations, and for no other", async () => {
    const [first, second] = [createRecordingAccept(), createRecordingAccept()];
    const once = createCompressOnce(1_000_000);
    const ways = [once(first.accept), once(second.accept)];
    await Promise.all(ways.map((accept) => accept({ ...request })));
    const [one, other] = [first.received[0], second.received[0]];
    expect(gunzipSync(one?.gzip ?? "")).toEqual(Buffer.from(bytes));
    expect(one?.gzip).toBe(other?.gzip);
  });

  it.each<[string, ReceivedRequest]>([
    ["what came compressed", { ...request, gzip: new Uint8Array([1]) }],
    ["what is cut first", { ...request, bytes: new Uint8Array(1001) }],
    ["what holds nothing", { ...request, items: 0 }],
  ])("leaves %s as it is", async (_, given) => {
    const { accept, received } = createRecordingAccept();
    await createCompressOnce(1000)(accept)(given);
    expect(received[0]).toBe(given);
  });
});
