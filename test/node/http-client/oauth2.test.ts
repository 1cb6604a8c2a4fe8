import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Authorized } from "../../../shared/delivery/auth.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { createOAuth2 } from "../../../shared/node/http-client/oauth2.ts";
import { secret } from "../../../shared/secret.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Asked {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** A token server that numbers its tokens. */
async function stand(answer: (asked: Asked, count: number) => { status?: number; body: unknown } = numbered) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const form = Object.fromEntries(new URLSearchParams(text));
    asked.push({ authorization: request.headers.authorization, form });
    const { status = 200, body } = answer({ authorization: request.headers.authorization, form }, asked.length);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = createHttpTransport();
  cleanups.push(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });
  const clock = createManualClock();
  const auth = {
    kind: "oauth2",
    clientId: "me",
    clientSecret: secret("a secret/+"),
    tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    scopes: ["metrics", "logs"],
    endpointParams: { audience: "telemetry" },
  } as const;
  return { asked, clock, auth, oauth2: createOAuth2({ clock, transport }) };
}

function numbered(_: Asked, count: number) {
  return { body: { access_token: `token-${count}`, expires_in: 1000, token_type: "Bearer" } };
}

const request = { url: "http://x/", headers: { "content-type": "x" }, body: new Uint8Array(0) };
const headerOf = (authorized: Authorized) =>
  authorized.kind === "authorized" ? authorized.request.headers.authorization : authorized.reason;

describe("createOAuth2()", () => {
  it("asks once for all that wait, with the client's credentials, and keeps the token", async () => {
    const { oauth2, auth, asked } = await stand();
    const all = await Promise.all([1, 2, 3].map(() => oauth2.authorize(request, auth)));
    expect(all.map(headerOf)).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-1"]);
    expect(headerOf(await oauth2.authorize(request, { ...auth }))).toBe("Bearer token-1");
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from("me:a%20secret%2F%2B").toString("base64")}`,
        form: { grant_type: "client_credentials", scope: "metrics logs", audience: "telemetry" },
      },
    ]);
  });

  it("renews a token early, without making anybody wait, and waits where it has ended", async () => {
    const { oauth2, auth, asked, clock } = await stand();
    await oauth2.authorize(request, auth);
    clock.advance(799_000);
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-1");
    expect(asked).toHaveLength(1);
    clock.advance(2000);
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-1");
    await expect.poll(() => asked.length).toBe(2);
    await expect.poll(async () => headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-2");
    clock.advance(5_000_000);
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-3");
  });

  it("asks again when a destination has refused the token", async () => {
    const { oauth2, auth } = await stand();
    const first = await oauth2.authorize(request, auth);
    if (first.kind === "authorized") oauth2.refused(first.request);
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-2");
  });

  it("puts the credentials into the form where the server wants them there, and remembers it", async () => {
    const { oauth2, auth, asked, clock } = await stand(({ form }, count) =>
      form.client_secret === "a secret/+" ? numbered({ authorization: undefined, form }, count) : refusal,
    );
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-2");
    clock.advance(5_000_000);
    expect(headerOf(await oauth2.authorize(request, auth))).toBe("Bearer token-3");
    expect(asked.map(({ authorization }) => authorization !== undefined)).toEqual([true, false, false]);
  });

  it("says what the token server said, never the secret, and whether waiting helps", async () => {
    const refusing = await stand(() => refusal);
    const refused = await refusing.oauth2.authorize(request, refusing.auth);
    const host = new URL(refusing.auth.tokenUrl).host;
    const reason = `no token of ${host}: HTTP 401: invalid_client: who are you`;
    expect(refused).toEqual({ kind: "failed", reason, permanent: true });
    const failing = await stand(() => ({ status: 503, body: "down" }));
    expect(await failing.oauth2.authorize(request, failing.auth)).toMatchObject({ kind: "failed", permanent: false });
    const strange = await stand(() => ({ body: { access_token: "two\nlines" } }));
    expect(await strange.oauth2.authorize(request, strange.auth)).toMatchObject({
      reason: expect.stringContaining("the answer has no access_token"),
    });
  });
});

const refusal = { status: 401, body: { error: "invalid_client", error_description: "who are you" } };
