import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { chromiumPath, startBrowser } from "../support/ui/browser.ts";

// The page of docs/outside.md: the SDK's own exporter for browsers, with the token of the sender `web`.
const script = `
  import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
  import { resourceFromAttributes } from "@opentelemetry/resources";
  import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

  globalThis.send = async (url, count) => {
    const exporter = new OTLPTraceExporter({ url, headers: { authorization: "Bearer token-of-web" } });
    const codes = [];
    const counting = {
      export: (spans, done) => exporter.export(spans, (result) => { codes.push(result.code); done(result); }),
      shutdown: () => exporter.shutdown(),
      forceFlush: () => exporter.forceFlush(),
    };
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ "service.name": "shop-web" }),
      spanProcessors: [new BatchSpanProcessor({ exporter: counting, maxExportBatchSize: 64 })],
    });
    for (let each = 0; each < count; each++) provider.getTracer("page").startSpan("click").end();
    await provider.forceFlush().catch((error) => codes.push(String(error)));
    return codes;
  };`;

type Send = (url: string, count: number) => Promise<readonly number[]>;

describe.skipIf(!chromiumPath)("a page in a browser (skipped where Chromium is not installed)", () => {
  let world: DaemonWorld;
  let browser: Browser;
  const servers: Server[] = [];

  beforeAll(async () => {
    [world, browser] = await Promise.all([createDaemonWorld(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
    for (const server of servers) server.close();
  });

  it("sends past its limit, is told 429 and sends again; one of an origin that is not allowed sends nothing", async () => {
    const { outputFiles } = await build({
      stdin: { contents: script, resolveDir: import.meta.dirname },
      bundle: true,
      format: "iife",
      platform: "browser",
      write: false,
      logLevel: "error",
    });
    const [allowed, other] = [await serve(outputFiles[0]?.text ?? ""), await serve(outputFiles[0]?.text ?? "")];
    const daemon = await world.start({
      SLUICE_CORS_ORIGINS: allowed,
      SLUICE_SENDERS: "web",
      SLUICE_SENDER_WEB_TOKENS: "token-of-web",
      SLUICE_SENDER_WEB_ATTRIBUTES: "telemetry.source=browser",
      SLUICE_SENDER_WEB_MAX_ITEMS_PER_SECOND: "40",
      SLUICE_SENDER_WEB_BURST: "1s",
    });
    const url = `http://127.0.0.1:${daemon.httpPort}/v1/traces`;
    expect(await sendFrom(allowed, url)).toEqual([0, 0, 0]);
    expect(await daemon.metric('sluice_sender_accepted_items_total{sender="web",signal="traces"}')).toBe(192);
    expect(await daemon.metric("sluice_sender_limited_requests_total")).toBeGreaterThanOrEqual(1);
    const delivered = world.grafana.requests.map(({ body }) => Buffer.from(body).toString("latin1")).join("");
    expect(delivered).toContain("telemetry.source");
    expect(await countOf(other, url)).toEqual({ sent: false, accepted: 192 });
    await daemon.end("SIGTERM");

    async function countOf(origin: string, to: string) {
      const answered = await inPage(origin, (page) =>
        page.evaluate(async (target) => {
          const headers = { authorization: "Bearer token-of-web", "content-type": "application/json" };
          return fetch(target, { method: "POST", headers, body: "{}" }).then(
            () => true,
            () => false,
          );
        }, to),
      );
      return { sent: answered, accepted: await daemon.metric("sluice_sender_accepted_items_total") };
    }
  });

  async function serve(text: string): Promise<string> {
    const server = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>page</title><script>${text.replaceAll("</script", "<\\/script")}</script>`);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function inPage<T>(
    origin: string,
    use: (page: Awaited<ReturnType<Browser["newPage"]>>) => Promise<T>,
  ): Promise<T> {
    const page = await browser.newPage();
    await page.goto(origin);
    const result = await use(page);
    await page.close();
    return result;
  }

  function sendFrom(origin: string, url: string): Promise<readonly number[]> {
    return inPage(origin, (page) =>
      page.evaluate((to) => (globalThis as unknown as { send: Send }).send(to, 192), url),
    );
  }
});
