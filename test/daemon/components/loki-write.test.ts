import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { write } from "../../../daemon/components/loki/write.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { authorizeService, storageService } from "../../../daemon/egress/services.ts";
import { authorizeAtHand } from "../../../shared/delivery/auth.ts";
import type { Entry } from "../../../shared/loki/entry.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { deadLettersName } from "../../../shared/node/disk-queue/control.ts";
import { openStorage, type Storage } from "../../../shared/node/disk-queue/storage.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { type FakeLoki, startFakeLoki } from "../../support/loki/fake-loki.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
let loki: FakeLoki;
let storage: Storage;
const transport = createHttpTransport();

async function open(): Promise<Storage> {
  const path = stand.file("storage");
  const opened = await openStorage({
    path,
    maxBytes: 2 ** 26,
    maxAgeMs: 86_400_000,
    clock: systemClock,
    emit: () => {},
  });
  if (opened.kind === "failed") throw new Error(opened.problem);
  return opened.storage;
}

beforeEach(async () => {
  stand = tailStand();
  loki = await startFakeLoki();
  storage = await open();
});
afterEach(async () => {
  await loki.close();
  await storage.close();
  stand.remove();
});

function service<T>({ name }: ServiceKey<T>): T {
  const services: Readonly<Record<string, unknown>> = {
    [storageService.name]: storage,
    [authorizeService.name]: authorizeAtHand,
  };
  return (services[name] ?? transport) as T;
}

function start(more = "", top = "") {
  const text = `endpoint {
    url = "${loki.url}"
    batch_wait = "20ms"
    min_backoff_period = "10ms"
    max_backoff_period = "50ms"
    ${more}
  }
  ${top}`;
  return runComponent(write, decodeArguments(write.arguments, text), { service, id: "loki.write.test" });
}

let time = BigInt(Date.now()) * 1_000_000n;
function entry(line: string, labels: Record<string, string> = { app: "a" }): Entry {
  time += 1n;
  return { labels: labelSet(Object.entries(labels)), timeUnixNano: time, line, metadata: [] };
}

const lines = () => loki.entries.map(({ line }) => line);

describe("loki.write", () => {
  it("delivers in order what it took, with external labels under the entry's own", async () => {
    const running = await start("", 'external_labels = {app = "other", host = "h"}');
    const { receiver } = running.exports();
    await Promise.all([receiver.consume([entry("1"), entry("2")]), receiver.consume([entry("3")])]);
    await until(() => lines().length === 3);
    await running.stop();
    expect(lines()).toEqual(["1", "2", "3"]);
    expect(loki.entries[0]?.labels).toBe('{app="a", host="h"}');
  });

  it("counts what it sends and sends again", async () => {
    loki.answer({ status: 503 });
    const running = await start();
    await running.exports().receiver.consume([entry("1")]);
    await until(() => lines().length === 1);
    const points = (wanted: string) => running.metrics.snapshot().find(({ name }) => name === wanted)?.points ?? [];
    await until(() => points("loki_write_sent_entries_total").length === 1);
    await running.stop();
    expect(points("loki_write_batch_retries_total").map(({ value }) => value)).toEqual([1]);
    expect(points("loki_write_request_duration_seconds").map(({ labels }) => labels.status_code)).toEqual(["204"]);
    expect(points("loki_write_request_size_bytes").map(({ counts }) => counts?.[0])).toEqual([1]);
    const [age] = points("loki_write_entry_propagation_latency_seconds");
    expect([age?.counts?.reduce((sum, count) => sum + count), (age?.value ?? 0) < 30]).toEqual([1, true]);
  });

  it("keeps tenants apart: of the stage, else of the endpoint", async () => {
    const running = await start('tenant_id = "t0"');
    const { receiver } = running.exports();
    await receiver.consume([entry("1"), entry("2", { app: "a", __tenant_id__: "t1" })]);
    await until(() => lines().length === 2);
    await running.stop();
    expect(loki.entries.map(({ tenant, line }) => [tenant, line]).sort()).toEqual([
      ["t0", "1"],
      ["t1", "2"],
    ]);
    expect(loki.entries[1]?.labels).toBe('{app="a"}');
  });

  it("sends for the tenant of a header what has no other, and tells which headers it leaves out", async () => {
    const headers = { own: 'headers = {"X-Scope-OrgID" = "h", "Content-Type" = "text/plain", "X-Own" = "1"}' };
    const running = await start(headers.own);
    await running.exports().receiver.consume([entry("1"), entry("2", { app: "a", __tenant_id__: "t1" })]);
    await until(() => lines().length === 2);
    await running.stop();
    expect(loki.entries.map(({ tenant, line }) => [tenant, line]).sort()).toEqual([
      ["h", "1"],
      ["t1", "2"],
    ]);
    expect(loki.requests.map(({ headers: sent }) => [sent["content-type"], sent["x-own"]])).toEqual([
      ["application/x-protobuf", "1"],
      ["application/x-protobuf", "1"],
    ]);
    const ignored = running.events.filter(({ name }) => name === "header.ignored");
    expect(ignored.map(({ fields }) => fields)).toEqual([{ header: "Content-Type" }]);
  });

  it("is durable while Loki is down, and delivers in order after a restart", async () => {
    loki.always({ status: 503 });
    const first = await start();
    for (const line of ["1", "2", "3"]) await first.exports().receiver.consume([entry(line)]);
    await first.stop();
    await storage.close();
    storage = await open();
    loki.always();
    const second = await start();
    await second.exports().receiver.consume([entry("4")]);
    await until(() => lines().length === 4);
    await second.stop();
    expect(lines()).toEqual(["1", "2", "3", "4"]);
  });

  it("dead-letters a line that is too long or too old with Loki's words, and delivers its neighbours", async () => {
    const running = await start();
    const old = { ...entry("old"), timeUnixNano: 1n };
    await running.exports().receiver.consume([entry("1"), entry("x".repeat(300_000)), entry("2"), old, entry("3")]);
    const deadLetters = await storage.queue(deadLettersName);
    await until(() => lines().length === 3 && deadLetters.facts().messages === 2);
    await running.stop();
    const received = await deadLetters.receive({ maxMessages: 10, leaseSeconds: 1 });
    const messages = received.kind === "received" ? received.messages : [];
    const told = messages.map(({ body }) => {
      const decoded = decodeEnvelope(body);
      return decoded.kind === "batch" ? `${decoded.batch.items} ${decoded.batch.deadLetter?.message}` : "";
    });
    expect(told.sort()).toEqual([
      expect.stringContaining("1 HTTP 400: entry for stream '{app=\"a\"}' has timestamp too old: 1"),
      expect.stringContaining("1 HTTP 400: max entry size '262144' bytes exceeded"),
    ]);
  });

  it("splits a request that is larger than what a second may hold", async () => {
    const limit =
      "ingestion rate limit exceeded for user fake (limit: 100 bytes/sec) while attempting to ingest '2' lines totaling '200' bytes";
    loki.answer({ status: 429, body: limit });
    const running = await start();
    await running.exports().receiver.consume([entry("1"), entry("2")]);
    await until(() => lines().length === 2);
    await running.stop();
    expect(loki.requests.map(({ entries }) => entries)).toEqual([2, 1, 1]);
  });

  it("sends a batch when it is full, and larger entries alone", async () => {
    const running = await start('batch_size = "1KiB"');
    await running.exports().receiver.consume([entry("a".repeat(600)), entry("b".repeat(600)), entry("c".repeat(5000))]);
    await until(() => lines().length === 3);
    await running.stop();
    expect(loki.requests.map(({ entries }) => entries)).toEqual([1, 1, 1]);
  });

  it("drops entries of too many streams, counted and told", async () => {
    const running = await start("", "max_streams = 1");
    await running.exports().receiver.consume([entry("1"), entry("2", { app: "b" }), entry("3")]);
    await until(() => lines().length === 2);
    await running.stop();
    const dropped = running.metrics.snapshot().find(({ name }) => name === "loki_write_dropped_entries_total");
    expect(dropped?.points[0]).toMatchObject({ labels: { reason: "stream_limited" }, value: 1 });
    expect(running.events.filter(({ name }) => name === "entries.dropped")).toHaveLength(1);
  });

  it("goes on with other arguments, and loses nothing", async () => {
    const running = await start();
    const sent = running.exports().receiver.consume([entry("1")]);
    const text = `endpoint {\nurl = "${loki.url}"\nbatch_wait = "20ms"\nheaders = {"X-Own" = "1", "Content-Type" = "no"}\n}`;
    await running.component.update(decodeArguments(write.arguments, text));
    await sent;
    await running.exports().receiver.consume([entry("2")]);
    await until(() => lines().length === 2);
    await running.stop();
    expect(loki.requests.at(-1)?.headers).toMatchObject({ "x-own": "1", "content-type": "application/x-protobuf" });
  });

  it.each([
    ['endpoint {\nurl = "::"\n}', "cannot be parsed"],
    ["endpoint { }", 'missing required attribute "url"'],
    [
      'endpoint {\nurl = "http://x"\nbearer_token = "a"\nbasic_auth {\nusername = "u"\n}\n}',
      "at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file must be configured",
    ],
  ])("refuses %s", (text, message) => {
    expect(() => decodeArguments(write.arguments, text)).toThrow(message);
  });

  it("refuses two equal endpoints without names", async () => {
    const text = 'endpoint {\nurl = "http://x"\n}\nendpoint {\nurl = "http://x"\n}';
    await expect(runComponent(write, decodeArguments(write.arguments, text))).rejects.toThrow("duplicate");
  });
});
