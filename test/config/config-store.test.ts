import { describe, expect, test } from "vitest";
import { createConfigStore } from "../../shared/config/config-store.ts";
import type { ParametersRead } from "../../shared/config/parameter-source.ts";
import type { ResolveOptions, SettingTexts } from "../../shared/config/resolve.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

function read(texts: SettingTexts, unknown: readonly string[] = []): ParametersRead {
  return { kind: "read", texts, unknown };
}

async function open(first: ParametersRead, environment: SettingTexts = {}, checks: ResolveOptions = {}) {
  const source = { answer: first, reads: 0 };
  const events: EmittedEvent[] = [];
  const time = { now: 1_000 };
  const opened = await createConfigStore({
    environment: () => environment,
    parameters: {
      name: "/sluice/test/",
      async read() {
        source.reads++;
        return source.answer;
      },
    },
    emit: recordEvents(events),
    clock: { now: () => time.now },
    ...checks,
  });
  return { opened, source, events, time };
}

async function ready(first: ParametersRead, environment: SettingTexts = {}) {
  const { opened, ...rest } = await open(first, environment);
  if (opened.kind === "invalid") throw new Error(opened.problems.join());
  return { store: opened.store, ...rest };
}

describe("createConfigStore()", () => {
  test("lets the environment win over parameters, and parameters over defaults", async () => {
    const { store } = await ready(read({ logLevel: "warn", instanceId: "7" }), { logLevel: "error" });
    expect(store.current()).toMatchObject({ logLevel: "error", instanceId: "7", httpPort: 4318 });
  });

  test("does not open on bad settings, and says all that is wrong", async () => {
    const { opened } = await open(read({ logLevel: "loud" }), {}, { required: ["queueUrl"] });
    expect(opened).toEqual({
      kind: "invalid",
      problems: [expect.stringContaining("SLUICE_LOG_LEVEL"), expect.stringContaining("SLUICE_QUEUE_URL")],
    });
  });

  test("does not open when the parameters cannot be read", async () => {
    const { opened } = await open({ kind: "failed", reason: "AWS refused it." });
    expect(opened).toEqual({ kind: "invalid", problems: ["AWS refused it."] });
  });

  test("swaps in new settings as a whole", async () => {
    const { store, source, events } = await ready(read({ logLevel: "warn" }));
    const before = store.current();
    source.answer = read({ logLevel: "debug" }, ["/sluice/test/log-lvl"]);
    expect(await store.refresh()).toEqual({ kind: "changed" });
    expect([before.logLevel, store.current().logLevel]).toEqual(["warn", "debug"]);
    expect(events.map(({ name }) => name)).toEqual(["config.loaded", "config.loaded", "config.unknown"]);
  });

  test("is silent when nothing has changed", async () => {
    const { store, source, events } = await ready(read({ logLevel: "warn", instanceId: "1" }));
    const before = store.current();
    source.answer = read({ instanceId: "1", logLevel: "warn" });
    expect(await store.refresh()).toEqual({ kind: "unchanged" });
    expect(store.current()).toBe(before);
    expect(events).toHaveLength(1);
  });

  test.each([
    [read({ logLevel: "loud" }), "config.kept"],
    [{ kind: "failed", reason: "AWS throttled it." } as const, "config.unreadable"],
  ])("keeps the last good settings on %j", async (bad, event) => {
    const { store, source, events } = await ready(read({ logLevel: "warn" }));
    source.answer = bad;
    expect(await store.refresh()).toMatchObject({ kind: "kept" });
    expect(store.current().logLevel).toBe("warn");
    expect(events.at(-1)?.name).toBe(event);
  });

  test("never tells a secret when it is refused", async () => {
    const { store, source, events } = await ready(read({ apiKey: "good" }));
    source.answer = read({ apiKey: "s3cr3t\n\u0000" });
    await store.refresh();
    expect(JSON.stringify(events)).not.toContain("s3cr3t");
  });

  test("reads once for refreshes that overlap", async () => {
    const { store, source } = await ready(read({}));
    await Promise.all([store.refresh(), store.refresh(), store.refresh()]);
    expect(source.reads).toBe(2);
    await store.refresh();
    expect(source.reads).toBe(3);
  });

  test("refreshes a stale store beside the invocation, and a fresh one not at all", async () => {
    const { store, source, time } = await ready(read({ refreshInterval: "1m" }));
    time.now += 59_000;
    await store.refreshWhenStale();
    expect(source.reads).toBe(1);
    time.now += 1_000;
    source.answer = read({ refreshInterval: "1m", logLevel: "debug" });
    const refreshed = [store.refreshWhenStale(), store.refreshWhenStale()];
    expect(store.current().logLevel).toBe("info");
    expect(source.reads).toBe(2);
    await Promise.all(refreshed);
    expect(store.current().logLevel).toBe("debug");
  });

  test("keeps authentication on when its parameter disappears, until the word none takes it away", async () => {
    const { store, source, events } = await ready(read({ senderTokens: "one" }));
    source.answer = read({});
    expect(await store.refresh()).toMatchObject({ kind: "kept" });
    expect(store.current().senderTokens).toHaveLength(1);
    expect(events.map(({ name }) => name)).toContain("config.kept");
    source.answer = read({ senderTokens: "none" });
    expect(await store.refresh()).toEqual({ kind: "changed" });
    expect(store.current().senderTokens).toEqual([]);
  });

  test("tells of names in the environment that are probably typing errors", async () => {
    const { events } = await open(read({}), {}, { unknownVariables: ["SLUICE_HTTP_PROT"] } as object);
    expect(events).toContainEqual({
      name: "config.unknown",
      fields: { source: "environment", names: "SLUICE_HTTP_PROT" },
    });
  });
});

describe("createConfigStore(), with senders", () => {
  const senders = (texts: SettingTexts, given: Readonly<Record<string, string>>): ParametersRead => ({
    kind: "read",
    texts,
    senders: given,
    unknown: [],
  });
  const web = senders({ senders: "web" }, { "web/tokens": "t", "web/max-items-per-second": "10" });

  test("takes over what a sender may, and leaves who sends alone when nothing has changed", async () => {
    const { store, source } = await ready(web);
    const before = store.senders();
    expect(before).toMatchObject([{ sender: { name: "web", rates: { maxItemsPerSecond: 10 } } }]);
    expect(await store.refresh()).toEqual({ kind: "unchanged" });
    expect(store.senders()).toBe(before);
    source.answer = senders({ senders: "web" }, { "web/tokens": "t", "web/max-items-per-second": "20" });
    expect(await store.refresh()).toEqual({ kind: "changed" });
    expect(store.senders()).toMatchObject([{ sender: { rates: { maxItemsPerSecond: 20 } } }]);
  });

  test.each([
    ["a limit that is none", senders({ senders: "web" }, { "web/tokens": "t", "web/max-items-per-second": "x" })],
    ["a sender whose tokens are gone", senders({ senders: "web" }, {})],
    ["a list that is gone, which would let everybody in", senders({}, { "web/tokens": "t" })],
  ])("keeps what is in force for %s", async (_, next) => {
    const { store, source, events } = await ready(web);
    source.answer = next;
    expect(await store.refresh()).toMatchObject({ kind: "kept" });
    expect(store.senders()).toHaveLength(1);
    expect(events.at(-1)?.name).toBe("config.kept");
  });

  test("lets everybody in once the list is the word none", async () => {
    const { store, source } = await ready(web);
    source.answer = senders({ senders: "none" }, {});
    expect(await store.refresh()).toEqual({ kind: "changed" });
    expect(store.senders()).toEqual([]);
  });

  test("tells of settings of senders that nobody has", async () => {
    const { events } = await ready(
      senders({ senders: "web" }, { "web/tokens": "t", "web/token": "t", "shop/tokens": "t" }),
    );
    expect(events.at(-1)).toMatchObject({
      name: "config.unknown",
      fields: { names: "senders/web/token, senders/shop/tokens" },
    });
  });
});
