import { describe, expect, it } from "vitest";
import { problemOfPublicApi } from "../../infra/public-api.ts";
import type { ParametersRead } from "../../shared/config/parameter-source.ts";

const read = (given: Partial<Extract<ParametersRead, { kind: "read" }>>): ParametersRead => ({
  kind: "read",
  texts: {},
  unknown: [],
  ...given,
});

describe("problemOfPublicApi()", () => {
  it.each<[string, ParametersRead]>([
    ["a token of the old list", read({ texts: { senderTokens: "t" } })],
    ["a token of a named sender", read({ texts: { senders: "web" }, senders: { "web/tokens": "t" } })],
  ])("takes %s", (_, given) => {
    expect(problemOfPublicApi("prod", given)).toBeUndefined();
  });

  it.each<[string, ParametersRead, RegExp]>([
    ["no sender", read({}), /no sender of the stage prod has a token: set one first, with npx sluice config put/],
    ["the word none", read({ texts: { senderTokens: "none" } }), /no sender of the stage prod has a token/],
    ["limits without a token", read({ senders: { "default/burst": "5s" } }), /no sender of the stage prod has a token/],
    [
      "identities of IAM alone",
      read({ texts: { senders: "web" }, senders: { "web/principals": "arn:aws:iam::123456789012:role/web" } }),
      /or deploy publicApi=iam/,
    ],
    ["a sender without a way in", read({ texts: { senders: "web" } }), /The sender web has no way in/],
    ["what cannot be read", { kind: "failed", reason: "no permission" }, /cannot be told: no permission/],
  ])("refuses %s", (_, given, says) => {
    expect(problemOfPublicApi("prod", given)).toMatch(says);
  });
});
