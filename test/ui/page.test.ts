import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { type BuiltPage, buildPage } from "../../ui/build-page.ts";
import { createPageFiles } from "../../ui/serve/page.ts";

const kibibyte = 1024;
const maxCompressedBytes = 150 * kibibyte;
let built: BuiltPage;
beforeAll(async () => {
  built = await buildPage();
});

function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") {
  return createPageFiles(async () => built.files)({ method, path, headers, body: new Uint8Array() });
}

describe("buildPage()", () => {
  it("makes a page that is small", () => {
    const bytes = built.files.reduce((sum, { gzip }) => sum + gzip.length, 0);
    expect(bytes).toBeLessThan(maxCompressedBytes);
  });

  it("gives the same bytes again", async () => {
    expect((await buildPage()).files).toEqual(built.files);
  });

  it("has no address of elsewhere in its document and style", () => {
    const texts = built.files
      .filter(({ path }) => path !== "/ui/main.js")
      .map(({ gzip }) => gunzipSync(gzip).toString());
    for (const text of texts) expect(text.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
  });
});

describe("createPageFiles()", () => {
  it("serves the document with a policy that allows nothing but its own files", async () => {
    const answer = await ask("/");
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    const policy = answer?.headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(Buffer.from(answer?.body ?? []).toString()).toMatch(/^<!doctype html>/);
  });

  it("sends files compressed to whoever takes that, and nothing to whoever has them", async () => {
    const answer = await ask("/ui/main.js", { "accept-encoding": "gzip, br" });
    expect(answer?.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    const etag = answer?.headers.etag ?? "";
    expect(await ask("/ui/main.js", { "if-none-match": etag })).toMatchObject({ status: 304 });
  });

  it("leaves every other path to others, also one that objects have", async () => {
    expect(await ask("/metrics")).toBeUndefined();
    expect(await ask("/ui/../package.json")).toBeUndefined();
    expect(await ask("constructor")).toBeUndefined();
  });

  it("says in plain text why a page cannot be built, and tries again", async () => {
    let times = 0;
    const files = createPageFiles(async () => {
      times += 1;
      throw new Error("The page cannot be built");
    });
    const request = { method: "GET", path: "/", headers: {}, body: new Uint8Array() };
    expect(await files(request)).toMatchObject({ status: 500 });
    await files(request);
    expect(times).toBe(2);
  });
});
