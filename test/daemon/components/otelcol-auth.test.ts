import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { type AuthHandler, authHandler, type OtlpConsumer, otlpConsumer } from "../../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { createOpenEgress } from "../../../daemon/egress/open-egress.ts";
import { egressService } from "../../../daemon/egress/services.ts";
import type { Value } from "../../../shared/alloy/value.ts";
import { createDestinationAccess } from "../../../shared/aws/destination-access.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { corpusCase } from "../../support/otlp/corpus.ts";

/** What came: path, headers and body. */
interface Came {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let url: string;
let came: Came[];
let stops: (() => unknown)[];

beforeEach(async () => {
  came = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    came.push({ path, headers: request.headers, body: await text(request) });
    response.setHeader("content-type", path === "/token" ? "application/json" : "application/x-protobuf");
    response.end(path === "/token" ? '{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}' : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stops = [
    () => {
      server.closeAllConnections();
      server.close();
    },
  ];
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  vi.unstubAllEnvs();
});

describe("exporters with a handler", () => {
  it("otelcol.auth.oauth2: fetch a token with the client's credentials, once, and send it", async () => {
    const input = await exporterWith(
      "otelcol.auth.oauth2",
      `client_id = "id"
       client_secret = "s3cret"
       token_url = "${url}/token"
       scopes = ["write", "more"]
       endpoint_params = { audience = ["otlp"] }`,
    );
    expect([await send(input), await send(input)]).toEqual(["accepted", "accepted"]);
    const [asked, ...exports] = came;
    expect(asked).toMatchObject({ path: "/token", body: expect.stringContaining("grant_type=client_credentials") });
    expect(new URLSearchParams(asked?.body).get("scope")).toBe("write more");
    expect(new URLSearchParams(asked?.body).get("audience")).toBe("otlp");
    expect(exports.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ["/v1/traces", "Bearer t0ken"],
      ["/v1/traces", "Bearer t0ken"],
    ]);
  });

  it("otelcol.auth.sigv4: sign each request with the credentials of the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_SESSION_TOKEN", "session");
    const input = await exporterWith("otelcol.auth.sigv4", 'region = "eu-west-2"\nservice = "aps"');
    expect(await send(input)).toBe("accepted");
    expect(came[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-2\/aps\/aws4_request, ?SignedHeaders=[^,]*host[^,]*, ?Signature=[0-9a-f]{64}$/,
    );
    expect(came[0]?.headers["x-amz-security-token"]).toBe("session");
  });

  it("otelcol.auth.headers and otelcol.auth.bearer: send what they are told", async () => {
    const headers = await exporterWith("otelcol.auth.headers", 'header {\n key = "X-Scope-OrgID"\n value = "7"\n}');
    expect(await send(headers)).toBe("accepted");
    expect(came[0]?.headers["x-scope-orgid"]).toBe("7");
    const bearer = await exporterWith("otelcol.auth.bearer", 'token = "abc"\nscheme = "Token"\nheader = "X-Auth"');
    expect(await send(bearer)).toBe("accepted");
    expect(came[1]?.headers["x-auth"]).toBe("Token abc");
  });
});

describe("otelcol.processor.memory_limiter", () => {
  it("asks clients to come back while too much memory is held, and lets through what fits", async () => {
    const to = async (limit: string) => {
      const next: Value = otlpConsumer.encode({ accept: async () => ({ kind: "accepted" }) });
      return inputOf(
        await start(
          "otelcol.processor.memory_limiter",
          `check_interval = "1s"
           limit = "${limit}"
           output { traces = [next] }`,
          { next },
        ),
      );
    };
    expect(await send(await to("1MiB"))).toBe("unavailable");
    expect(await send(await to("1024GiB"))).toBe("accepted");
  });
});

async function exporterWith(name: string, args: string): Promise<OtlpConsumer> {
  const auth = await start(name, args);
  const { handler } = auth.exports() as { handler: AuthHandler };
  return inputOf(
    await start(
      "otelcol.exporter.otlphttp",
      `client {\n endpoint = "${url}"\n auth = handler\n compression = "none"\n}\nsending_queue { enabled = false }`,
      {
        handler: authHandler.encode(handler),
      },
    ),
  );
}

async function start(name: string, args: string, variables: Readonly<Record<string, Value>> = {}) {
  const definition = components.get(name);
  if (!definition) throw new Error(`there is no ${name}`);
  const running = await runComponent(definition, decodeArguments(definition.arguments, args, variables), {
    service,
    id: `${name}.test`,
  });
  stops.push(() => running.stop());
  return running;
}

function service<T>({ name }: ServiceKey<T>): T {
  const access = createDestinationAccess({ clock: systemClock, maxSockets: 4, env: process.env });
  stops.push(() => access.close());
  const storage = { queue: () => Promise.reject(new Error("there is no queue here")) };
  const services: Readonly<Record<string, unknown>> = {
    [egressService.name]: createOpenEgress({ ...access, storage, clock: systemClock, random: Math.random }),
  };
  return services[name] as T;
}

function inputOf(component: { exports(): unknown }): OtlpConsumer {
  return (component.exports() as { input: OtlpConsumer }).input;
}

async function send(input: OtlpConsumer): Promise<string> {
  const { protobuf: bytes, items } = await corpusCase("traces", "small");
  return (await input.accept({ format: "otlp/traces", items, bytes })).kind;
}
