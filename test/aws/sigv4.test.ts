import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { signRequest } from "../../shared/aws/sigv4.ts";
import { createSigV4Authorize } from "../../shared/aws/sigv4-authorize.ts";
import type { ExportRequest, TransportAnswer } from "../../shared/delivery/transport.ts";
import { secret } from "../../shared/secret.ts";
import { Sha256 } from "../support/aws/sha256.ts";
import { createManualClock } from "../support/manual-clock.ts";

const now = Date.UTC(2026, 10, 25, 23, 59, 59, 123);
const region = "eu-central-1";
const body = Buffer.from([1, 2, 3, 255]);

describe("signRequest()", () => {
  it.each([
    ["a plain path", "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write", {}],
    ["no path", "https://xray.eu-central-1.amazonaws.com", {}],
    ["a port", "https://127.0.0.1:9443/v1/traces", {}],
    ["signs that must be encoded", "https://example.com/a%20b/ü/(1)*'!/~x", {}],
    ["a query", "https://example.com/p?b=2&a=1&a=0&empty=&x=%2F%20y", {}],
    ["a session", "https://example.com/p", { sessionToken: "token/+=" }],
  ])("signs a request with %s as the SDK's signer does", async (_, url, session) => {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG", ...session };
    const ours = signRequest(
      { url, headers: { "content-type": "x" }, body },
      { region, service: "aps", credentials, now },
    );
    const { host, pathname, searchParams, protocol } = new URL(url);
    const query: Record<string, string | string[]> = {};
    for (const name of new Set(searchParams.keys())) query[name] = searchParams.getAll(name);
    const signer = new SignatureV4({ region, service: "aps", credentials, sha256: Sha256, applyChecksum: false });
    const theirs = await signer.sign(
      { method: "POST", protocol, hostname: host, path: pathname, query, headers: { host }, body },
      { signingDate: new Date(now) },
    );
    expect(ours.headers.authorization).toBe(theirs.headers.authorization);
    expect(ours.headers["x-amz-date"]).toBe("20261125T235959Z");
    expect(ours.headers["content-type"]).toBe("x");
  });
});

describe("createSigV4Authorize()", () => {
  const request: ExportRequest = { url: "https://aps.example/w", headers: {}, body };
  const auth = { kind: "sigv4", region, service: "aps" } as const;

  function stand(answers: readonly TransportAnswer[] = []) {
    const asked: ExportRequest[] = [];
    const clock = createManualClock(now);
    const left = [...answers];
    const transport = {
      async post(given: ExportRequest) {
        asked.push(given);
        return left.shift() ?? ({ kind: "failed", reason: "no more answers", permanent: false } as const);
      },
    };
    const ambient = async () => ({ accessKeyId: "AMBIENT", secretAccessKey: "s" });
    return { asked, clock, authorize: createSigV4Authorize({ clock, transport, ambient }) };
  }

  const sts = (id: string, expiresAt: number): TransportAnswer => ({
    kind: "answered",
    status: 200,
    headers: {},
    body: Buffer.from(
      `<R><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>k</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(expiresAt).toISOString()}</Expiration></Credentials></R>`,
    ),
  });
  const keyOf = (authorized: unknown) => /Credential=(\w+)\//.exec(JSON.stringify(authorized))?.[1];

  it("signs with the keys of the destination, otherwise with those of the process", async () => {
    const { authorize } = stand();
    const keys = { accessKeyId: "OWN", secretAccessKey: secret("x") };
    expect(keyOf(await authorize(request, { ...auth, ...keys }))).toBe("OWN");
    expect(keyOf(await authorize(request, auth))).toBe("AMBIENT");
  });

  it("assumes a role once for all requests, and again before its keys end", async () => {
    const { authorize, asked, clock } = stand([sts("ONE", now + 3_600_000), sts("TWO", now + 7_200_000)]);
    const role = { ...auth, roleArn: "arn:aws:iam::1:role/r" };
    const both = await Promise.all([authorize(request, role), authorize(request, role)]);
    expect(both.map(keyOf)).toEqual(["ONE", "ONE"]);
    expect(asked).toHaveLength(1);
    expect(Buffer.from(asked[0]?.body ?? []).toString()).toContain("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr");
    clock.advance(3_400_000);
    expect(keyOf(await authorize(request, role))).toBe("TWO");
  });

  it("says what STS answered", async () => {
    const body = Buffer.from("<E><Error><Message>not allowed</Message></Error></E>");
    const { authorize } = stand([{ kind: "answered", status: 403, headers: {}, body }]);
    expect(await authorize(request, { ...auth, roleArn: "arn:x" })).toEqual({
      kind: "failed",
      reason: "no AWS credentials: sts:AssumeRole of arn:x failed: not allowed",
      permanent: false,
    });
  });
});
