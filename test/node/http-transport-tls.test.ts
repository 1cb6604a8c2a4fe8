import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpTransport, type HttpTransportOptions } from "../../shared/node/http-transport.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures/tls", name), "utf8");
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Posts to a server whose certificate is signed by `ca.pem`. */
async function post(options: HttpTransportOptions, scheme = "https") {
  const credentials = { key: fixture("server.key"), cert: fixture("server.pem") };
  const server = createServer(credentials, (request, response) => {
    request.resume();
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = createHttpTransport(options);
  cleanups.push(
    () => server.close(),
    () => transport.close(),
  );
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/v1/traces`;
  return transport.post({ url, headers: {}, body: Buffer.from("x") }, { timeoutMs: 5000 });
}

describe("createHttpTransport() over TLS", () => {
  it("posts to a server whose certificate it trusts", async () => {
    expect(await post({ ca: fixture("ca.pem") })).toMatchObject({ kind: "answered", status: 200 });
  });

  it("takes a certificate that nobody vouches for for a mistake that does not pass", async () => {
    const reason = expect.stringMatching(/certificate/);
    expect(await post({})).toMatchObject({ kind: "failed", permanent: true, reason });
  });

  it("fails in plain HTTP where TLS is spoken", async () => {
    expect(await post({}, "http")).toMatchObject({ kind: "failed" });
  });
});
