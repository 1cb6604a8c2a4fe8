import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { httpClientFields, httpClientProblem } from "../../../daemon/components/blocks/http-client.ts";
import { httpClientOptions } from "../../../daemon/components/blocks/http-client-options.ts";
import { table } from "../../../shared/alloy/arguments.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments } from "../../support/components/component-stand.ts";

const client = table(httpClientFields, { validate: httpClientProblem });
const headersOf = async (text: string) =>
  httpClientOptions(decodeArguments(client, text), systemClock).headers?.() ?? {};

describe("the arguments of an HTTP client", () => {
  it.each([
    ["nothing", "", {}],
    ["Basic credentials", 'basic_auth {\n username = "a"\n password = "b"\n}', { authorization: "Basic YTpi" }],
    ["a bearer token", 'bearer_token = "t"', { authorization: "Bearer t" }],
    [
      "credentials of another type",
      'authorization {\n type = "Token"\n credentials = "c"\n}',
      { authorization: "Token c" },
    ],
    ["further headers", 'http_headers = {"X-Scope" = ["a", "b"]}', { "X-Scope": "a, b" }],
  ])("send %s", async (_, text, headers) => {
    expect(await headersOf(text)).toEqual(headers);
  });

  it("read a password again when its file has changed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-password-"));
    const file = join(directory, "password");
    writeFileSync(file, "one\n");
    const args = decodeArguments(client, `authorization {\n credentials_file = "${file}"\n}`);
    const { headers } = httpClientOptions(args, systemClock);
    expect(await headers?.()).toEqual({ authorization: "Bearer one" });
    writeFileSync(file, "two\n");
    expect(await headers?.()).toEqual({ authorization: "Bearer two" });
    rmSync(directory, { recursive: true });
  });

  it("fetch a token once and use it until it ends", async () => {
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      asked.push(`${request.headers.authorization} ${body}`);
      response.end(JSON.stringify({ access_token: `t${asked.length}`, expires_in: 3600 }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const text = `oauth2 {\n client_id = "id"\n client_secret = "s"\n token_url = "http://127.0.0.1:${port}/token"\n scopes = ["a", "b"]\n}`;
    let now = 0;
    const { headers } = httpClientOptions(decodeArguments(client, text), { ...systemClock, now: () => now });
    const both = await Promise.all([headers?.(), headers?.()]);
    expect(both).toEqual([{ authorization: "Bearer t1" }, { authorization: "Bearer t1" }]);
    now = 3_600_000;
    expect(await headers?.()).toEqual({ authorization: "Bearer t2" });
    expect(asked[0]).toBe(`Basic ${Buffer.from("id:s").toString("base64")} grant_type=client_credentials&scope=a+b`);
    server.close();
  });

  it.each([
    [
      'bearer_token = "t"\nbasic_auth {}',
      "at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file must be configured",
    ],
    [
      'basic_auth {\n password = "a"\n password_file = "b"\n}',
      "at most one of basic_auth password & password_file must be configured",
    ],
    [
      'authorization {\n type = "BASIC"\n}',
      'authorization type cannot be set to "basic", use "basic_auth" block instead',
    ],
    ['oauth2 {\n client_id = "x"\n client_secret = "s"\n}', "oauth2 token_url must be configured"],
    ['tls_config {\n ca_pem = "a"\n ca_file = "b"\n}', "at most one of ca_pem and ca_file must be configured"],
    [
      'tls_config {\n cert_pem = "a"\n}',
      "exactly one of key_pem or key_file must be configured when a client certificate is configured",
    ],
    ['tls_config {\n min_version = "x"\n}', "unknown TLS version: x"],
    ['proxy_url = "http://p"', "requests go straight to their address"],
  ])("are refused: %j", (text, message) => {
    expect(() => decodeArguments(client, text)).toThrow(message);
  });

  it("say which certificate cannot be read", () => {
    const args = decodeArguments(client, 'tls_config {\n ca_file = "/nowhere/ca.pem"\n}');
    expect(() => httpClientOptions(args, systemClock)).toThrow("/nowhere/ca.pem");
  });
});
