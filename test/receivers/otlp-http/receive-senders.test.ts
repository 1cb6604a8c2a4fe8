import { describe, expect, it } from "vitest";
import { createReceive } from "../../../shared/receivers/otlp-http/receive.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";
import { secret } from "../../../shared/secret.ts";
import type { Sender } from "../../../shared/sender.ts";
import { createSenderLimits } from "../../../shared/senders/sender-limits.ts";
import { withSenders } from "../../../shared/senders/with-senders.ts";
import { request } from "../../support/destination/receiver.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { jsonSpan } from "../../support/otlp/cases/bodies.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../../support/record-events.ts";

function sender(name: string, maxItemsPerSecond: number): Sender {
  return { name, attributes: new Map(), rates: { burstMs: 1000, maxItemsPerSecond }, weight: 1 };
}

function setUp() {
  const clock = createManualClock();
  const limits = createSenderLimits({ clock });
  const { accept, received } = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const emit = recordEvents(events);
  const senders = [
    { sender: sender("small", 1), token: secret("geheim-1") },
    { sender: sender("large", 1000), token: secret("geheim-2") },
  ];
  const cors = { origins: ["https://app.example.com"] };
  const options = { accept: withSenders(accept, { limits, emit }), emit, maxBodyBytes: 1_000_000, limits, cors };
  const receive = createReceive({ ...options, auth: () => senders });
  return { receive, received, events, clock };
}

function from(token: string, headers: Readonly<Record<string, string>> = {}) {
  return request({ headers: { ...request().headers, authorization: `Bearer ${token}`, ...headers } });
}

describe("createReceive(), with senders", () => {
  it("answers a sender that is over its limit with 429 and a time, and takes what others send", async () => {
    const { receive, received, events, clock } = setUp();
    expect((await receive(from("geheim-1"))).status).toBe(200);
    const answer = await receive(from("geheim-1"));
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect(decodeStatus(answer.body, "protobuf")).toEqual({
      code: 8,
      message: "This sender is over its items per second: send it again later.",
      retryAfterMs: 1000,
    });
    expect((await receive(from("geheim-2"))).status).toBe(200);
    clock.advance(1000);
    expect((await receive(from("geheim-1"))).status).toBe(200);
    expect(received.map(({ sender: by }) => by?.name)).toEqual(["small", "large", "small"]);
    expect(events.filter(({ name }) => name === "request.limited")).toEqual([
      {
        name: "request.limited",
        fields: { signal: "traces", transport: "http", sender: "small", limit: "items", retryAfterMs: 1000 },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain("geheim");
  });

  it("turns it away by the head of a request, which a page may read", async () => {
    const { receive } = setUp();
    expect(receive.admit(from("geheim-1"))).toBeUndefined();
    await receive(from("geheim-1"));
    const head = from("geheim-1", { origin: "https://app.example.com", "content-type": "application/json" });
    const answer = receive.admit(head);
    expect(answer).toMatchObject({
      status: 429,
      headers: { "retry-after": "1", "access-control-expose-headers": "Retry-After" },
    });
    expect(JSON.parse(Buffer.from(answer?.body ?? []).toString())).toMatchObject({ code: 8 });
    expect(receive.admit(from("geheim-2"))).toBeUndefined();
  });

  it("takes a request of a sender that is larger than its burst, and lets it wait afterwards", async () => {
    const { receive } = setUp();
    const spans = JSON.parse(jsonSpan().toString());
    const [resource] = spans.resourceSpans;
    spans.resourceSpans = Array.from({ length: 5 }, () => resource);
    const headers = { ...from("geheim-1").headers, "content-type": "application/json" };
    const body = Buffer.from(JSON.stringify(spans));
    expect((await receive(request({ headers, body }))).status).toBe(200);
    expect((await receive(from("geheim-1"))).headers["retry-after"]).toBe("5");
  });

  it("tells who it was that AWS has let in, and from where a request came", async () => {
    const { accept, received } = createRecordingAccept();
    const principal = "arn:aws:iam::123456789012:user/batch";
    const auth = () => [{ sender: sender("batch", 10), principal }];
    const receive = createReceive({ accept, emit: () => {}, maxBodyBytes: 1_000_000, auth });
    expect((await receive({ ...request(), principal, clientAddress: "192.0.2.7" })).status).toBe(200);
    expect(received[0]).toMatchObject({ sender: { name: "batch" }, clientAddress: "192.0.2.7" });
    expect((await receive(request())).status).toBe(401);
  });
});
