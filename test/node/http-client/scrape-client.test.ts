import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { gunzipOnce } from "../../../shared/node/http-client/gunzip.ts";
import {
  createScrapeClient,
  type ScrapeRequest,
  type ScrapeResponse,
} from "../../../shared/node/http-client/scrape-client.ts";

const text = "m 1\n".repeat(5_000);
const zipped = gzipSync(text);
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function scrape(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  more: Partial<ScrapeRequest> = {},
): Promise<ScrapeResponse> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createScrapeClient();
  closers.push(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  return client.get({ url, headers: {}, timeoutMs: 5_000, maxBytes: 0, followRedirects: true, ...more });
}

function answer(body: Buffer | string, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/plain", ...headers }).end(body);
  };
}

const gzip = { "content-encoding": "gzip" };

describe("createScrapeClient()", () => {
  it("gives the text of a plain answer and of a compressed one", async () => {
    for (const respond of [answer(text), answer(zipped, gzip)]) {
      const got = await scrape(respond);
      expect(got).toMatchObject({ kind: "answered", status: 200, contentType: "text/plain" });
      expect(got.kind === "answered" && Buffer.from(got.body).toString()).toBe(text);
    }
  });

  it("says what is wrong with a compressed answer that is cut", async () => {
    const got = await scrape(answer(zipped.subarray(0, zipped.length - 20), gzip));
    expect(got).toMatchObject({ kind: "failed", reason: expect.stringContaining("unexpected end of file") });
  });

  it("ends where an answer is larger than allowed, as it comes or decompressed", async () => {
    for (const respond of [answer(text), answer(zipped, gzip)]) {
      expect(await scrape(respond, { maxBytes: 1_000 })).toEqual({
        kind: "failed",
        reason: "body size limit exceeded",
        tooLarge: true,
      });
    }
  });

  it("waits no longer than the timeout, before the head and in the body", async () => {
    const silent = (): void => {};
    const stalling = (_: IncomingMessage, response: ServerResponse): void => void response.write("m 1\n");
    for (const respond of [silent, stalling]) {
      const got = await scrape(respond, { timeoutMs: 60 });
      expect(got).toMatchObject({ kind: "failed", reason: expect.stringContaining("no answer within 60 ms") });
    }
  });

  it("ends with its signal, before it and after", async () => {
    const abort = new AbortController();
    const got = scrape(() => abort.abort(), { abort: abort.signal });
    expect(await got).toMatchObject({ kind: "failed" });
    expect(await scrape(answer(text), { abort: abort.signal })).toMatchObject({ kind: "failed" });
  });

  it("fails where the connection ends within the body", async () => {
    const got = await scrape((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("m 1\n", () => response.destroy());
    });
    expect(got).toMatchObject({ kind: "failed" });
  });

  it("follows redirects, some, and only where it may", async () => {
    const twice = ({ url }: IncomingMessage, response: ServerResponse): void => {
      if (url === "/there") answer(text)({} as IncomingMessage, response);
      else response.writeHead(302, { location: "/there" }).end();
    };
    const forever = (_: IncomingMessage, response: ServerResponse): void => {
      response.writeHead(302, { location: "/again" }).end();
    };
    expect(await scrape(twice)).toMatchObject({ kind: "answered" });
    expect(await scrape(twice, { followRedirects: false })).toMatchObject({
      reason: "server returned HTTP status 302 Found",
    });
    expect(await scrape(forever)).toMatchObject({ reason: expect.stringContaining("stopped after 10 redirects") });
  });
});

describe("gunzipOnce()", () => {
  it("decompresses what states another size than it has", () => {
    const lying = Buffer.from(zipped);
    const twoMembers = Buffer.concat([zipped, gzipSync("and more\n")]);
    expect(gunzipOnce(twoMembers, 1e6).toString()).toBe(`${text}and more\n`);
    lying.writeUInt32LE(1, lying.length - 4);
    expect(() => gunzipOnce(lying, 1e6)).toThrow("incorrect length check");
    lying.writeUInt32LE(0xffff_fff0, lying.length - 4);
    expect(() => gunzipOnce(lying, 1e6)).toThrow("incorrect length check");
  });

  it("goes on after an answer that was broken", () => {
    const broken = Buffer.from(zipped);
    broken.fill(0x55, 12, 30);
    expect(() => gunzipOnce(broken, 1e6)).toThrow();
    expect(gunzipOnce(zipped, 1e6).toString()).toBe(text);
    expect(() => gunzipOnce(Buffer.from("not gzip, for sure"), 1e6)).toThrow("incorrect header check");
    expect(gunzipOnce(gzipSync(""), 1e6)).toHaveLength(0);
    expect(gunzipOnce(zipped, text.length).toString()).toBe(text);
    expect(() => gunzipOnce(zipped, text.length - 1)).toThrow();
  });
});
