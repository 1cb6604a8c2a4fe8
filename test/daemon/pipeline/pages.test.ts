import { describe, expect, it } from "vitest";
import type { HttpSettings } from "../../../daemon/config-blocks/http.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { createDebugPages } from "../../../daemon/pipeline/debug-pages.ts";
import { createPages } from "../../../daemon/pipeline/pages.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { secret } from "../../../shared/secret.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";
import { probeComponents } from "../../support/alloy/probe-components.ts";
import { deadLetterPages } from "../../support/dead-letters/dead-letter-pages.ts";

describe("createPages()", () => {
  it("says with Alloy's words whether it is ready and healthy", async () => {
    const { get, load, stop } = world();
    expect(await get("/-/ready")).toEqual([503, "Alloy is not ready.\n"]);
    await load('test.sink "a" { text = "broken" }\ntest.sink "b" { }');
    expect(await get("/-/ready")).toEqual([200, "Alloy is ready.\n"]);
    await expect.poll(() => get("/-/healthy")).toEqual([500, "unhealthy components: test.sink\n"]);
    await load('test.sink "b" { }');
    expect(await get("/-/healthy")).toEqual([200, "All Alloy components are healthy.\n"]);
    await stop();
  });

  it("reloads for an image on its own page, and for none on another site's", async () => {
    const { get, stop } = world();
    const fetchSite = (site: string) => ({ headers: { "sec-fetch-site": site } });
    expect((await get("/-/reload", fetchSite("cross-site")))[0]).toBe(403);
    expect((await get("/-/reload", fetchSite("same-origin")))[0]).toBe(200);
    expect((await get("/-/reload"))[0]).toBe(200);
    await stop();
  });

  it("lists the components of the file and of its modules", async () => {
    const { get, load, stop } = world();
    await load('declare "m" { test.sink "in" { } }\nm "x" { }');
    expect(JSON.parse((await get("/api/v0/web/components"))[1])).toMatchObject([
      { localID: "m.x", createdModuleIDs: ["m.x"], health: { state: "healthy" } },
    ]);
    expect(JSON.parse((await get("/api/v0/web/modules/m.x/components"))[1])).toMatchObject([
      { localID: "test.sink.in", moduleID: "m.x" },
    ]);
    expect(JSON.parse((await get("/api/v0/web/components/m.x/test.sink.in"))[1])).toMatchObject({ label: "in" });
    expect((await get("/api/v0/web/modules/m.y/components"))[0]).toBe(404);
    expect((await get("/api/v0/component/test.sink.in/metrics"))[0]).toBe(404);
    expect((await get("/nope"))[0]).toBe(404);
    expect((await get("/-/ready", { method: "POST" }))[0]).toBe(404);
    await stop();
  });

  it("asks for the password where the http block says so", async () => {
    const { get, settings } = world();
    const basic = { username: "u", password: secret("p") };
    settings.auth = { basic };
    const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect(await get("/-/ready")).toEqual([401, ""]);
    expect((await get("/-/ready", { headers: { authorization } }))[0]).toBe(503);
    expect((await get("/-/ready", { headers: { authorization: "Basic dTpx" } }))[0]).toBe(401);
    settings.auth = { basic, filter: { paths: ["/metrics"], authenticate_matching_paths: true } };
    expect([(await get("/-/ready"))[0], (await get("/metrics"))[0]]).toEqual([503, 401]);
    settings.auth = { basic, filter: { paths: ["/-/ready"], authenticate_matching_paths: false } };
    expect([(await get("/-/ready"))[0], (await get("/metrics"))[0]]).toEqual([503, 401]);
  });
});

function world() {
  const host = testGraphHost({ definitions: probeComponents([]) });
  const controller = createController(host);
  const settings: { auth?: NonNullable<HttpSettings["auth"]> } = {};
  const load = (text: string) => controller.load([createSource("c", text)]);
  const pages = createPages({
    controller,
    pages: host.pages,
    debug: createDebugPages({ controller, debugging: host.debugging, clock: host.clock, random: host.random }),
    reload: () => load(""),
    snapshot: () => host.metrics.snapshot(),
    http: () => settings,
    deadLetters: deadLetterPages(),
    cluster: { peers: () => [], answer: () => undefined },
    ui: async () => undefined,
  });
  async function get(
    path: string,
    { method = "GET", headers = {} }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<[number, string]> {
    const { status, body } = await pages(
      { method, path, headers, body: new Uint8Array() },
      {
        head: { method, path, headers, target: path, rawHeaders: [], remoteAddress: "" },
        abort: new AbortController().signal,
      },
    );
    return [status, Buffer.from(body).toString()];
  }
  return { get, load, settings, stop: () => controller.stop() };
}
