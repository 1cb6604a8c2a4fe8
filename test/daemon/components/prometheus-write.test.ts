import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { remoteWrite } from "../../../daemon/components/prometheus/remote-write.ts";
import { cloudAuth } from "../../../daemon/components/prometheus/write-auth.ts";
import { decodeArguments } from "../../support/components/component-stand.ts";
import { startWritePipeline } from "../../support/prometheus/write-pipeline.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A target, a receiver and a pipeline between them; resolves with the first request that is not about a token. */
async function firstWrite(endpoint: (port: number) => string): Promise<IncomingMessage> {
  const got = Promise.withResolvers<IncomingMessage>();
  const port = await listen((incoming, response) => {
    incoming.resume();
    if (incoming.method === "GET") return void response.setHeader("content-type", "text/plain").end("m 1\n");
    if (incoming.url === "/token") {
      return void response
        .setHeader("content-type", "application/json")
        .end('{"access_token":"t0k3n","expires_in":60}');
    }
    got.resolve(incoming);
    response.writeHead(204).end();
  });
  const pipeline = await startWritePipeline({
    scrape: `targets = [{"__address__" = "127.0.0.1:${port}"}]
      forward_to = [receiver]
      scrape_interval = "1s"
      scrape_timeout = "1s"`,
    write: `endpoint { ${endpoint(port)} }`,
  });
  closers.push(() => pipeline.stop());
  return got.promise;
}

const problem = (text: string): string => {
  try {
    decodeArguments(remoteWrite.arguments, `endpoint { url = "http://h/write"\n ${text} }`);
    return "";
  } catch (error) {
    return String(error);
  }
};

describe("prometheus.remote_write", () => {
  it("signs requests for AWS where sigv4 says so", async () => {
    const { headers } = await firstWrite(
      (port) => `url = "http://127.0.0.1:${port}/api/v1/write"
        sigv4 {
          region = "eu-west-1"
          access_key = "AKIDEXAMPLE"
          secret_key = "secret"
        }`,
    );
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=.*, Signature=[0-9a-f]{64}$/,
    );
    expect(headers["x-amz-date"]).toMatch(/^\d{8}T\d{6}Z$/);
  });

  it("fetches the token that oauth2 asks for", async () => {
    const { headers } = await firstWrite(
      (port) => `url = "http://127.0.0.1:${port}/api/v1/write"
        oauth2 {
          client_id = "id"
          client_secret = "secret"
          token_url = "http://127.0.0.1:${port}/token"
        }`,
    );
    expect(headers.authorization).toBe("Bearer t0k3n");
  });

  it("goes through its proxy", async () => {
    const seen: string[] = [];
    const proxy = await listen((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url}`);
      const onward = request(incoming.url ?? "", { method: "POST", headers: incoming.headers }, (answer) => {
        answer.resume();
        response.writeHead(answer.statusCode ?? 500).end();
      });
      incoming.pipe(onward);
    });
    let port = 0;
    await firstWrite((at) => {
      port = at;
      return `url = "http://127.0.0.1:${at}/write"\n proxy_url = "http://127.0.0.1:${proxy}"`;
    });
    expect(seen[0]).toBe(`POST http://127.0.0.1:${port}/write`);
  });

  it("goes straight to what no_proxy names", async () => {
    const got = await firstWrite(
      (port) => `url = "http://127.0.0.1:${port}/write"\n proxy_url = "http://127.0.0.1:1"\n no_proxy = "127.0.0.1"`,
    );
    expect(got.url).toBe("/write");
  });

  it("gets tokens of the cloud that azuread names", () => {
    const args = decodeArguments(
      remoteWrite.arguments,
      `endpoint {
         url = "http://h/write"
         azuread {
           cloud = "AzureChina"
           oauth { client_id = "c", client_secret = "s", tenant_id = "t" }
         }
       }`.replaceAll(", ", "\n"),
    );
    const [endpoint] = args.endpoint;
    expect(endpoint && cloudAuth(endpoint, {})).toMatchObject({
      kind: "oauth2",
      clientId: "c",
      tokenUrl: "https://login.chinacloudapi.cn/t/oauth2/v2.0/token",
      scopes: ["https://monitor.azure.cn//.default"],
    });
  });

  it.each([
    ['no_proxy = "a"', "if no_proxy is configured, proxy_url must also be configured"],
    [
      'proxy_url = "http://p"\n proxy_from_environment = true',
      "if proxy_from_environment is configured, proxy_url must not be configured",
    ],
    ['proxy_url = "p:1"', "proxy_url is not an http or https URL"],
    [
      'bearer_token = "x"\n sigv4 { }',
      "at most one of sigv4, azuread, google_iam, basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
    ],
    ['sigv4 { access_key = "a" }', "must provide a AWS SigV4 Access key and Secret Key"],
    ["azuread { }", "must provide an Azure Managed Identity, Azure OAuth or Azure SDK in the Azure AD config"],
    ['azuread { managed_identity { client_id = "x" } }', "tokens of managed identities and of the SDK are not fetched"],
    ['azuread { cloud = "Azure" }', "not one of AzurePublic, AzureChina, AzureGovernment"],
    ["google_iam { }", "tokens of Google's service accounts are not fetched"],
  ])("says what is wrong with %s", (text, expected) => {
    expect(problem(text)).toContain(expected);
  });
});
