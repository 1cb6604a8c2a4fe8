import { afterEach, describe, expect, it } from "vitest";
import { createAdmin } from "../../../daemon/admin/admin.ts";
import type { Daemon } from "../../../daemon/daemon.ts";
import { deadLetterPages } from "../../support/dead-letters/dead-letter-pages.ts";

const working: Omit<Daemon, "addresses"> = {
  notReady: () => undefined,
  unhealthy: () => undefined,
  reload: async () => ({ kind: "reloaded", changed: false, atNextStart: [] }),
  snapshot: async () => [],
  remembered: async () => ({ lines: [], destinations: [] }),
  stop: async () => {},
};
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function ask(path: string, daemon: Partial<typeof working> = {}, method = "GET", headers = {}) {
  const deadLetters = deadLetterPages();
  const rules = { boundTo: "127.0.0.1", readOnly: false, tokens: () => [] };
  const admin = createAdmin({ ...working, ...daemon }, { version: "0", rules, deadLetters });
  closing.push(() => admin.close(0));
  const { port } = await admin.listen(0, "127.0.0.1");
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  return { status: response.status, text: await response.text() };
}

describe("createAdmin()", () => {
  it.each([
    ["/-/ready", {}, 200, "ready\n"],
    ["/-/ready", { notReady: () => "the destination: refused" }, 503, "not ready: the destination: refused\n"],
    ["/-/healthy", { notReady: () => "the destination: refused" }, 200, "healthy\n"],
    ["/-/healthy", { unhealthy: () => "1 of 2 workers are running" }, 503, "not healthy: 1 of 2 workers are running\n"],
    ["/-/reload", {}, 405, "use POST\n"],
  ])("answers %s, where the daemon says %o, with %i", async (path, daemon, status, text) => {
    expect(await ask(path, daemon)).toEqual({ status, text });
  });

  it("reloads for no page of another origin", async () => {
    const origin = { origin: "https://evil.example" };
    expect(await ask("/-/reload", {}, "POST", origin)).toMatchObject({ status: 403 });
    expect(await ask("/-/reload", {}, "POST")).toMatchObject({ status: 200 });
  });

  it("says with 400 why new settings are not used", async () => {
    const reload = async () => ({ kind: "kept", problems: ["SLUICE_LOG_LEVEL is loud"] }) as const;
    const answer = await ask("/-/reload", { reload }, "POST");
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("SLUICE_LOG_LEVEL is loud") });
  });
});
