import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { checkFirehose } from "../../../cli/doctor/firehose.ts";
import { createReceiveFirehose } from "../../../shared/receivers/firehose/receive.ts";
import { type Secret, secret } from "../../../shared/secret.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The endpoint with its own keys. */
async function start(accessKeys: readonly Secret[]): Promise<string> {
  const receive = createReceiveFirehose({
    take: async () => ({ kind: "taken" }),
    emit: () => {},
    clock: { now: () => 1 },
    accessKeys: () => accessKeys,
    maxBodyBytes: 1000,
  });
  const server = createServer(async (request, response) => {
    const { method = "", headers } = request;
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const answer = await receive({ method, path: "/", headers: given, body: await buffer(request) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("checkFirehose()", () => {
  const mine = secret("k-mine");

  it("is content with an endpoint that takes the key and nobody else", async () => {
    expect(await checkFirehose("prod", await start([mine]), [mine])).toMatchObject({ state: "ok" });
  });

  it.each([
    ["no key is set", [mine], undefined, "failed", /No access key is set/],
    ["anybody may deliver", [], [], "warning", /takes whatever anybody sends/],
    ["the endpoint asks for no key", [], [mine], "failed", /answers 200 to a request without an access key/],
    ["the endpoint has another key", [secret("other")], [mine], "failed", /does not know the access key/],
  ] as const)("says so where %s", async (_, theirs, ours, state, detail) => {
    const check = await checkFirehose("prod", await start(theirs), ours);
    expect(check).toMatchObject({ name: "firehose", state, detail: expect.stringMatching(detail) });
    expect(JSON.stringify(check)).not.toContain("k-mine");
  });

  it("says so where nothing answers", async () => {
    expect(await checkFirehose("prod", "http://127.0.0.1:1/", [mine])).toMatchObject({ state: "failed" });
  });
});
