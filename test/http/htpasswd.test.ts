import { hashSync } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { createBasicCheck } from "../../daemon/components/otelcol/auth/basic-check.ts";
import { isPassword, parsePasswordFile } from "../../shared/http/htpasswd.ts";
import { secret } from "../../shared/secret.ts";

const never = () => false;

describe("isPassword()", () => {
  // Made by `openssl passwd -apr1` and `-1`, and by `htpasswd -s`.
  it.each([
    ["p@ss wörd", "$apr1$abcdefgh$kOJTMCvat3K9n.uiGZK.J1"],
    ["", "$apr1$12$j7.foDqJMxhlarzYUfC01/"],
    ["a".repeat(40), "$apr1$12$XMkG85J/QCNY.jUX//.Vg0"],
    ["hello", "$1$xyz$OcPwHHMV7Y2fEaYljaqOX/"],
    ["secret", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="],
    ["secret", "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0"],
    ["as it is", "as it is"],
  ])("knows %j by %s, and no other", (password, kept) => {
    expect(isPassword(password, kept, never)).toBe(true);
    expect(isPassword(`${password}x`, kept, never)).toBe(false);
  });

  it.each(["{SSHA}", "{SSHA}AAAA", "{SHA}", "$apr1$", "$apr1$salt$"])("takes nothing for %s", (kept) => {
    expect(isPassword("x", kept, never)).toBe(false);
  });
});

describe("parsePasswordFile()", () => {
  it("reads users, and skips comments and blank lines", () => {
    expect([...parsePasswordFile("# people\r\n\r\na:1\r\nb:x:y\n")]).toEqual([
      ["a", "1"],
      ["b", "x:y"],
    ]);
  });

  it.each([
    ["a:1\nnobody", "line 2 of the htpasswd is not user:hash"],
    [":1", "line 1 of the htpasswd is not user:hash"],
    ["a:$6$salt$hash", "line 1 of the htpasswd has a hash that is not supported: use bcrypt (htpasswd -B)"],
  ])("refuses %j", (text, message) => {
    expect(() => parsePasswordFile(text)).toThrow(message);
  });
});

describe("createBasicCheck()", () => {
  it("lets users in by what they send, and reads the file again", () => {
    let now = 0;
    let text = `a:${hashSync("one", 4)}\nb:two`;
    const plain = { username: "c", password: secret("$6$not a hash") };
    const check = createBasicCheck({ read: () => text, now: () => now, plain });
    expect(check(basic("a:one"))).toBe(true);
    expect(check(basic("b:two"))).toBe(true);
    expect(check(basic("c:$6$not a hash"))).toBe(true);
    for (const wrong of ["a:two", "b:one", "d:one", "a", "a:", "c:x"]) expect(check(basic(wrong)), wrong).toBe(false);
    for (const odd of [undefined, "", "Basic", "Bearer x", "Basic ???"]) expect(check(odd), String(odd)).toBe(false);
    text = "a:three";
    now += 6_000;
    expect([check(basic("a:one")), check(basic("a:three"))]).toEqual([false, true]);
    text = "broken";
    now += 6_000;
    expect(check(basic("a:three"))).toBe(true);
  });

  it("does not spend the processor on guesses, and serves who was right before meanwhile", () => {
    let now = 0;
    const check = createBasicCheck({ read: () => `a:${kept}\nb:${kept}`, now: () => now });
    const kept = hashSync("one", 4);
    expect(check(basic("a:one"))).toBe(true);
    for (let guess = 0; guess < 10; guess++) expect(check(basic(`a:guess ${guess}`))).toBe(false);
    expect([check(basic("a:one")), check(basic("b:one"))]).toEqual([true, false]);
    now = 1_000;
    expect(check(basic("b:one"))).toBe(true);
  });
});

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
