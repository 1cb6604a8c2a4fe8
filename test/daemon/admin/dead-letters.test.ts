import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { createAdmin } from "../../../daemon/admin/admin.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { sluice } from "../../support/cli/cli.ts";
import { deadLetterPages } from "../../support/dead-letters/dead-letter-pages.ts";
import { sampleDeadLetter } from "../../support/dead-letters/sample-dead-letters.ts";
import { openStand, takeAll, temporaryDirectory } from "../../support/disk/stand.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface StandOptions {
  readonly boundTo?: string;
  readonly tokens?: readonly string[];
  /** Whether the process has no storage path. */
  readonly isInMemory?: boolean;
}

/** An admin port of a process that has three dead letters, and what it answers. */
async function stand({ isInMemory = false, ...options }: StandOptions = {}) {
  const { storage, path } = await openStand({ clock: systemClock, monotonic: () => performance.now() });
  await storage.queue("grafana-cloud");
  const letters = [
    sampleDeadLetter({ id: "a", service: "checkout", names: ["a1", "a2"] }),
    sampleDeadLetter({ id: "b", service: "cart", names: ["b1"] }),
    sampleDeadLetter({ id: "c", service: "cart", names: ["c1"] }),
  ];
  await (await storage.queue("dead-letters")).send(await Promise.all(letters));
  const deadLetters = deadLetterPages({ own: { storage, ...(!isInMemory && { path }) }, ...options });
  const idle = {
    notReady: () => undefined,
    unhealthy: () => undefined,
    snapshot: async () => [],
    remembered: async () => ({ lines: [], destinations: [] }),
    stop: async () => {},
  };
  const reload = async () => ({ kind: "reloaded", changed: false, atNextStart: [] }) as const;
  const rules = { boundTo: options.boundTo ?? "127.0.0.1", readOnly: false, tokens: () => [] };
  const admin = createAdmin({ ...idle, reload }, { version: "0", rules, deadLetters });
  const { port } = await admin.listen(0, "127.0.0.1");
  closing.push(
    () => storage.close(),
    () => admin.close(0),
  );
  const url = `http://127.0.0.1:${port}`;

  async function ask(action: string, body: unknown = {}, headers: Record<string, string> = {}) {
    const type = { "content-type": "application/json" };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(`${url}/api/v0/dead-letters/${action}`, {
      method: "POST",
      headers: { ...type, ...headers },
      body: text,
    });
    return { status: answer.status, ...((await answer.json()) as { letters: { id: string }[] }) };
  }

  return { url, ask, waiting: async () => (await takeAll(await storage.queue("grafana-cloud"))).length };
}

const ids = ({ letters }: { readonly letters: readonly { readonly id: string }[] }) =>
  letters.map(({ id }) => id).sort();

describe("the dead letters on the admin port", () => {
  it("are listed, shown, replayed and discarded", async () => {
    const { ask, waiting } = await stand();
    expect(ids(await ask("list"))).toEqual(["a", "b", "c"]);
    expect(await ask("show", { ids: ["a"] })).toMatchObject({ status: 200, contents: { a: { content: {} } } });
    const order = { service: "cart", includeStale: true };
    expect(await ask("replay", order)).toMatchObject({ ended: "all", more: false, counts: { replayed: 2 } });
    expect(await waiting()).toBe(2);
    expect(await ask("discard", { ids: ["a"], comment: "a test" })).toMatchObject({ counts: { discarded: 1 } });
    expect(ids(await ask("list"))).toEqual([]);
  });

  it("are replayed without a file where queues are in memory", async () => {
    const { ask, waiting } = await stand({ isInMemory: true });
    expect(await ask("replay", { includeStale: true })).toMatchObject({ counts: { replayed: 3 } });
    expect(await waiting()).toBe(3);
    expect(existsSync("queues")).toBe(false);
  });

  it("are there for the command line", async () => {
    const { url, waiting } = await stand({ tokens: ["old", "new"] });
    const env = { SLUICE_STATE_DIR: temporaryDirectory(), SLUICE_ADMIN_TOKENS: "new" };
    const listed = await sluice(["dead-letters", "list", "--admin", url, "--json"], { env });
    expect(ids(JSON.parse(listed.out))).toEqual(["a", "b", "c"]);
    const replayed = await sluice(["dead-letters", "replay", "--admin", url, "--include-stale"], { env });
    expect(replayed.code, replayed.err).toBe(0);
    expect(await waiting()).toBe(3);
    const wrong = { ...env, SLUICE_ADMIN_TOKENS: "wrong" };
    const refused = await sluice(["dead-letters", "list", "--admin", url], { env: wrong });
    expect(refused.err).toContain("Send one of SLUICE_ADMIN_TOKENS as a bearer token.");
  });

  it.each([
    ["an unknown key", "list", { servce: "cart" }, {}, 400, /list does not take "servce"/],
    ["a discard of nothing in particular", "discard", { comment: "x" }, {}, 400, /Nothing is selected/],
    ["no JSON", "list", "{", {}, 400, /not a JSON object/],
    ["what a form of another site can send", "list", {}, { "content-type": "text/plain" }, 415, /application\/json/],
    ["another queue", "queue/status", { queue: "grafana-cloud" }, {}, 503, /has no queue grafana-cloud/],
    ["an unknown verb", "queue/close", {}, {}, 404, /no such verb/],
  ])("refuse %s", async (_, action, body, headers, status, error) => {
    const { ask } = await stand();
    expect(await ask(action, body, headers)).toEqual({ status, error: expect.stringMatching(error) });
  });

  it("refuse a page of another origin", async () => {
    const { url } = await stand();
    const headers = { "content-type": "application/json", origin: "https://evil.example" };
    const answer = await fetch(`${url}/api/v0/dead-letters/discard`, { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(403);
  });

  it("need a token where other machines reach the port", async () => {
    const open = await stand({ boundTo: "0.0.0.0" });
    expect(await open.ask("list")).toMatchObject({
      status: 403,
      error: expect.stringContaining("SLUICE_ADMIN_TOKENS"),
    });
    const guarded = await stand({ boundTo: "0.0.0.0", tokens: ["t"] });
    expect(await guarded.ask("list")).toMatchObject({ status: 401 });
    expect(await guarded.ask("list", {}, { authorization: "Bearer x" })).toMatchObject({ status: 401 });
    expect(ids(await guarded.ask("list", {}, { authorization: "Bearer t" }))).toEqual(["a", "b", "c"]);
  });
});
