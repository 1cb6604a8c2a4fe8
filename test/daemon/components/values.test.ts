import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { file } from "../../../daemon/components/local/file.ts";
import { http } from "../../../daemon/components/remote/http.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-values-"));
let running: RunningComponent<never, { readonly content: unknown }> | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("local.file", () => {
  it.each(["fsnotify", "poll"])("exports what the file holds, and again when it changes (%s)", async (detector) => {
    const path = join(directory, `${detector}.txt`);
    writeFileSync(path, "one");
    const args = decodeArguments(
      file.arguments,
      `filename = "${path}"\ndetector = "${detector}"\npoll_frequency = "${detector === "poll" ? "20ms" : "1m"}"`,
    );
    const started = await runComponent(file, args);
    running = started as never;
    expect(started.exports().content).toBe("one");
    writeFileSync(`${path}.new`, "two");
    await expect
      .poll(() => {
        writeFileSync(`${path}.new`, "two");
        renameSync(`${path}.new`, path);
        return started.exports().content;
      })
      .toBe("two");
    unlinkSync(path);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(started.exports().content).toBe("two");
  });

  it("keeps a secret secret, and cannot be built without its file", async () => {
    const path = join(directory, "secret.txt");
    writeFileSync(path, "s3cr3t");
    const started = await runComponent(file, decodeArguments(file.arguments, `filename = "${path}"\nis_secret = true`));
    running = started as never;
    expect(String(started.exports().content)).toBe("[secret]");
    const missing = decodeArguments(file.arguments, 'filename = "/nope/x"');
    await expect(runComponent(file, missing)).rejects.toThrow("failed to read file /nope/x: ENOENT");
  });
});

describe("remote.http", () => {
  let server: Server;
  let answer = { status: 200, body: "first" };
  const seen: unknown[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push([request.url, request.headers.authorization, request.headers["x-a"]]);
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => server.close());

  it("exports what the URL answers, and keeps the last content when it fails", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=1`;
    const text = `url = "${url}"\npoll_frequency = "2001ms"\npoll_timeout = "2s"\nheaders = {"x-a" = "b"}\nclient {\n bearer_token = "t"\n}`;
    const args = { ...decodeArguments(http.arguments, text), poll_frequency: 20 };
    const started = await runComponent(http, args);
    running = started as never;
    expect(started.exports().content).toBe("first");
    expect(seen[0]).toEqual(["/a?b=1", "Bearer t", "b"]);
    answer = { status: 500, body: "no" };
    await expect.poll(() => seen.length).toBeGreaterThan(3);
    expect(started.exports().content).toBe("first");
    answer = { status: 200, body: "second" };
    await expect.poll(() => started.exports().content).toBe("second");
    answer = { status: 404, body: "" };
    await expect(runComponent(http, args)).rejects.toThrow("failed to poll");
  });

  it.each([
    ['url = "ftp://x"', "URL scheme must be 'http' or 'https'"],
    ['url = "http://x"\npoll_frequency = "1s"\npoll_timeout = "2s"', "poll_timeout must be less than poll_frequency"],
    ['url = "http://x"\nmethod = "POST"', '"method" is not supported'],
  ])("refuses %s", (text, message) => {
    expect(() => decodeArguments(http.arguments, text)).toThrow(message);
  });
});
