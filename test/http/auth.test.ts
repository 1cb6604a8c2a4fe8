import { describe, expect, it } from "vitest";
import { type Caller, identify } from "../../shared/http/auth.ts";
import { secret } from "../../shared/secret.ts";
import type { Sender } from "../../shared/sender.ts";

const sender = (name: string): Sender => ({ name, attributes: new Map(), rates: { burstMs: 1000 }, weight: 1 });
const role = "arn:aws:sts::123456789012:assumed-role/checkout";
const tokens = [
  secret("nameless"),
  { sender: sender("checkout"), token: secret("c1") },
  { sender: sender("checkout"), principal: `${role}/*` },
  { sender: sender("batch"), token: secret("b1") },
  { sender: sender("batch"), principal: "arn:aws:iam::123456789012:user/batch" },
];

describe("identify()", () => {
  it.each<[string, Caller, string | undefined | null]>([
    ["a token of a sender", { authorization: "Bearer c1" }, "checkout"],
    ["another's", { authorization: "bearer b1" }, "batch"],
    ["a token without a name", { authorization: "Bearer nameless" }, undefined],
    ["a wrong token", { authorization: "Bearer c2" }, null],
    ["no token", { authorization: undefined }, null],
    ["a role of IAM", { authorization: "AWS4-HMAC-SHA256 …", principal: `${role}/session` }, "checkout"],
    [
      "a user of IAM",
      { authorization: "AWS4-HMAC-SHA256 …", principal: "arn:aws:iam::123456789012:user/batch" },
      "batch",
    ],
    [
      "a longer name than a user's",
      { authorization: undefined, principal: "arn:aws:iam::123456789012:user/batch2" },
      undefined,
    ],
    [
      "an identity that AWS has let in and no sender names",
      { authorization: undefined, principal: `${role}2/x` },
      undefined,
    ],
  ])("tells %s", (_, caller, name) => {
    const identity = identify(caller, tokens);
    expect(identity ? identity.sender?.name : null).toBe(name);
  });

  it("lets everybody in where there are no tokens, or where anyone is a sender", () => {
    expect(identify({ authorization: undefined }, [])).toEqual({});
    const open = [{ sender: sender("default"), anyone: true } as const];
    expect(identify({ authorization: "Bearer whatever" }, open)?.sender?.name).toBe("default");
  });
});
